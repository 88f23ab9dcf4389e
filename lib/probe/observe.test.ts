import { describe, expect, it } from 'vitest';
import { criClient } from '../cri/client.ts';
import { PodSandboxState } from '../cri/gen/cri_pb.js';
import { fakeCri, type FakeCri } from '../testing/fake-cri/server.ts';
import { launchPod } from '../cri/pod.ts';
import type { Remote } from '../hosts/host.ts';
import { exec } from '../util/exec.ts';
import { observePod } from './observe.ts';
import { probeScript } from './script.ts';

const spec = { name: 'pod-1', uid: 'u', namespace: 'podproof', handler: '', image: 'localhost:5000/podproof/probe:1' };
const nowhere = { runtimeState: '/nonexistent/podproof/{id}' };
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
    const seen = await observePod(pod, here as Remote, nowhere, ['open:r:/dev/null']);
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
    await observePod(pod, remote as Remote, nowhere, [], { hostLast: true });
    expect(order).toEqual(['entered', 'swept']);
  });

  it('says what the container said when the probe cannot run', async () => {
    const execSync = () => ({ exitCode: 127, stderr: Buffer.from('the file /podproof/probe was not found') });
    await using cri = await fakeCri({ runtime: { execSync } });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, spec);
    await expect(observePod(pod, here as Remote, nowhere, [])).rejects.toThrow(
      'Cannot probe pod pod-1: the probe ended with 127: the file /podproof/probe was not found',
    );
  });

  it('has lost its guest where the probe ends with 255 and the sandbox, which nobody has stopped, ends a moment later', async () => {
    const asked: string[] = [];
    await using cri: FakeCri = await fakeCri({
      runtime: {
        execSync: () => ({ exitCode: 255 }),
        listPodSandbox(request, context) {
          const [sandbox] = cri.engine.sandboxes.values();
          if (asked.push(request.filter?.id ?? '') > 1 && sandbox) sandbox.state = PodSandboxState.SANDBOX_NOTREADY;
          return cri.engine.runtime.listPodSandbox?.(request, context) ?? {};
        },
      },
    });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, spec);
    await expect(observePod(pod, here as Remote, nowhere, [])).rejects.toMatchObject({
      call: 'ExecSync',
      raw: 'the probe ended with 255: ; its sandbox ended while it was probed',
    });
    expect(asked).toEqual([pod.sandboxId, pod.sandboxId]);
  });

  it.for([
    ['255 and the sandbox runs on', 255, PodSandboxState.SANDBOX_READY],
    ['137, as one that is killed', 137, PodSandboxState.SANDBOX_NOTREADY],
  ] as const)('has lost no guest where the probe ends with %s', async ([, exitCode, state]) => {
    await using cri: FakeCri = await fakeCri({
      runtime: {
        execSync() {
          for (const sandbox of cri.engine.sandboxes.values()) sandbox.state = state;
          return { exitCode };
        },
      },
    });
    await using client = criClient({ dial: cri.dial });
    await using pod = await launchPod(client, spec);
    const observed = observePod(pod, here as Remote, nowhere, [], { lostWithinMs: 0 });
    await expect(observed).rejects.toThrow(`Cannot probe pod pod-1: the probe ended with ${exitCode}: `);
  });
});
