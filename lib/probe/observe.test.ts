import { describe, expect, it } from 'vitest';
import { criClient } from '../cri/client.ts';
import { fakeCri } from '../testing/fake-cri/server.ts';
import { launchPod } from '../cri/pod.ts';
import type { Remote } from '../hosts/host.ts';
import { exec } from '../util/exec.ts';
import { observePod } from './observe.ts';
import { probeScript } from './script.ts';

const spec = { name: 'pod-1', uid: 'u', namespace: 'podproof', handler: '', image: 'localhost:5000/podproof/probe:1' };
const here: Pick<Remote, 'exec'> = { exec };

describe('observation of a pod', () => {
  it('joins what the container, the host and the engine show', async () => {
    const script = await probeScript();
    await using cri = await fakeCri({
      runtime: {
        async execSync({ cmd: [program, ...args] }) {
          expect(program).toBe('/podproof/probe');
          const { stdout, exitCode } = await exec(['busybox', 'sh', '-c', script, 'probe', ...args]);
          return { stdout: Buffer.from(stdout), exitCode: exitCode ?? -1 };
        },
      },
    });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, spec);
    const seen = await observePod(pod, here as Remote, ['open:r:/dev/null']);
    expect(seen.guest.opens).toEqual([{ path: '/dev/null', access: 'read', error: null }]);
    expect(seen.guest.bootId).toBe(seen.host.bootId);
    expect(seen.spec.process?.user?.uid).toBe(0);
  });

  it('looks at the host last, when the pod was entered, where that is asked for', async () => {
    const script = await probeScript();
    const order: string[] = [];
    await using cri = await fakeCri({
      runtime: {
        async execSync({ cmd: [, ...args] }) {
          const { stdout, exitCode } = await exec(['busybox', 'sh', '-c', script, 'probe', ...args]);
          order.push('entered');
          return { stdout: Buffer.from(stdout), exitCode: exitCode ?? -1 };
        },
      },
    });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, spec);
    const remote: Pick<Remote, 'exec'> = {
      exec(argv, options) {
        order.push('swept');
        return exec(argv, options);
      },
    };
    await observePod(pod, remote as Remote, [], { hostLast: true });
    expect(order).toEqual(['entered', 'swept']);
  });

  it('says what the container said when the probe cannot run', async () => {
    const execSync = () => ({ exitCode: 127, stderr: Buffer.from('the file /podproof/probe was not found') });
    await using cri = await fakeCri({ runtime: { execSync } });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, spec);
    await expect(observePod(pod, here as Remote, [])).rejects.toThrow(
      'Cannot probe pod pod-1: the probe ended with 127: the file /podproof/probe was not found',
    );
  });
});
