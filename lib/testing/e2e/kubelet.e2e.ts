import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubeletSpec } from '../../kubelet/config.ts';
import { serveDevicePlugin } from '../../kubelet/device-plugin.ts';
import { requestDifferences } from '../../kubelet/differences.ts';
import { startKubelet } from '../../kubelet/kubelet.ts';
import type { KubeletHost } from '../../kubelet/host.ts';
import { nodeFacts } from '../../kubelet/node-facts.ts';
import { isSettled } from '../../kubelet/pods.ts';
import { RecordedKubelet, type RecordedPod } from '../../model/kubelet-record.ts';
import { recordedRequest } from '../../kubelet/requests.ts';
import { serveOnHost } from '../../kubelet/socket.ts';
import { staticPods, type StaticPods } from '../../kubelet/static-pods.ts';
import type { PodRequest } from '../../kubelet/relay.ts';
import { Trial } from '../../model/trial.ts';
import { attemptAnswer } from '../../model/trial-answer.ts';
import { fakeCri } from '../fake-cri/server.ts';
import { mediaManifest } from '../pods.ts';
import { leaseHost } from './lease.ts';
import { artifact, version, why } from './kubelet-artifact.ts';
import { podproof } from './podproof.ts';
import { realRun } from './real-run.ts';
import { temporary } from '../temporary.ts';
import { attachmentOf } from '../../run/host-lease.ts';
import { BlockedError } from '../../util/errors.ts';
import { packageRoot } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';

describe.skipIf(why !== '')(`kubelet ${version}${why}`, () => {
  const scope = new Scope();
  const signal = new AbortController().signal;
  const heard: PodRequest[] = [];
  let pods: StaticPods;
  let spec: KubeletSpec;
  let recorded: RecordedKubelet;
  let host: KubeletHost;
  beforeAll(async () => {
    if (artifact instanceof BlockedError) return;
    recorded = RecordedKubelet.parse(
      JSON.parse(await readFile(join(packageRoot, 'results/kubelet/1.37.2-cgroupfs.json'), 'utf8')),
    );
    // Its orphans are sought on the whole machine, and what it takes for one is removed: never on a machine that somebody loves.
    const logs = scope.adopt('the logs', await temporary());
    const leased = scope.adopt('the host', await leaseHost(`kubelet-${process.pid}`, logs.path));
    host = leased;
    const image = { id: `sha256:${'a'.repeat(64)}`, size: 1_000n };
    const { port } = scope.adopt('the engine', await fakeCri({ onPort: true, images: { imageStatus: () => ({ image }) } }));
    const socket = '/run/podproof-answering/engine.sock';
    const directory = '/var/lib/podproof/answering';
    scope.adopt('the socket of the engine', await serveOnHost(leased, { socket, port, directory, signal }));
    const prefix = await leased.attach(attachmentOf(artifact));
    const binary = join(prefix, artifact.binaries['kubelet'] ?? '');
    spec = { version, binary, directory: '/var/lib/podproof/kubelet', cgroupDriver: 'cgroupfs' };
    const options = { engine: { socket, api: 'v1' as const }, signal, onRequest: (request: PodRequest) => heard.push(request) };
    scope.adopt('kubelet', await startKubelet(host, spec, options));
    pods = staticPods(host, spec, signal);
  }, 300_000);
  afterAll(() => scope[Symbol.asyncDispose](), 120_000);

  test('asks for pods as podproof does, field by field', { timeout: 300_000 }, async () => {
    const node = await nodeFacts(host, spec);
    for (const name of ['plain', 'privileged', 'restricted', 'user-namespace']) {
      const { manifest = '' } = recorded.pods[name] ?? {};
      await using _ = await pods.add(name, manifest);
      await pods.waitFor(name, isSettled);
      expect(requestDifferences(node, asRecorded(manifest, `${name}-node`, heard)), name).toEqual([]);
    }
  });

  test('gives a container the devices of a plugin, and refuses a pod when none is healthy', { timeout: 300_000 }, async () => {
    const device = { hostPath: '/dev/null', containerPath: '/dev/vfio/58', permissions: 'mrw' };
    await using plugin = await serveDevicePlugin(host, {
      ...{ resource: 'qat.intel.com/generic', directory: '/var/lib/podproof', signal },
      devices: [{ id: 'one', nodes: [device], cdiNames: ['podproof.dev/char=canary'] }],
    });
    const given = await pods.add('given', podWithDevice('given'));
    await pods.waitFor('given', isSettled);
    expect(plugin.allocated).toEqual([['one']]);
    expect(heard.findLast(({ call }) => call === 'CreateContainer')?.message).toMatchObject({
      config: { devices: [device], CDIDevices: [{ name: 'podproof.dev/char=canary' }] },
    });
    await given[Symbol.asyncDispose]();
    plugin.setHealth('one', false);
    await using _ = await pods.add('refused', podWithDevice('refused'));
    const { status } = await pods.waitFor('refused', (pod) => pod.status.phase === 'Failed');
    expect(status).toMatchObject({ reason: 'UnexpectedAdmissionError' });
    expect(status.message).toMatch(/no healthy devices present|number of devices unavailable/);
  });
});

describe.skipIf(why !== '')(`a real run with kubelet ${version} before containerd${why}`, () => {
  test(
    'whose relay changes a field, and whose plugin hands out another device, says so of both and of nothing else',
    { timeout: 900_000 },
    async () => {
      await using results = await temporary();
      const only = `engine=containerd@1.7.24 runtime=runc kubelet=${version} scenario=qat-dpdk,restricted`;
      const document = await realRun(
        results.path,
        { profile: 'kubelet', only },
        {
          sabotage: {
            tamper({ call, message }) {
              const resources = message.config?.linux?.resources;
              if (call !== 'CreateContainer' || resources === undefined) return;
              if (message.config?.metadata?.name === 'beside') resources.cpuShares = 7n;
            },
            swap: (id) => (id === '58' ? '60' : id),
          },
        },
      );
      const red = document.verdicts.filter(({ verdict }) => verdict === 'fail');
      const observed = Object.fromEntries(red.map(({ question, scenario, observed }) => [`${question} ${scenario}`, observed]));
      expect(Object.keys(observed).sort()).toEqual(['KUBE-DEVICES qat-dpdk', 'KUBE-REQUEST qat-dpdk', 'KUBE-REQUEST restricted']);
      expect(observed['KUBE-DEVICES qat-dpdk']).toContain('/dev/vfio/58 is absent');
      expect(observed['KUBE-REQUEST qat-dpdk']).toMatch(/container crypto-perf: devices\[\d\]\.container_path/);
      expect(observed['KUBE-REQUEST restricted']).toMatch(/^container beside: linux\.resources\.cpu_shares: 7, by podproof 2/);
      expect(document.run.exit).toBe(1);
    },
  );
});

describe.skipIf(why !== '')(`try with kubelet ${version} before containerd${why}`, () => {
  test('a pod goes the whole way, and so do its fixes', { timeout: 1_200_000 }, async () => {
    await using results = await temporary();
    const file = join(results.path, 'media.yaml');
    await writeFile(file, mediaManifest({ context: 'runAsUser: 1000, runAsGroup: 1000' }));
    const { exitCode, stderr } = await podproof([
      ...['--results', results.path, 'try', file, '--kubelet', version],
      ...['--device', 'gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660'],
      ...['--only', 'engine=containerd@1.7.24 runtime=runc@1.1.15'],
    ]);
    expect(exitCode, stderr).toBe(1);
    const text = await readFile(join(results.path, 'latest/trial.json'), 'utf8');
    const [trial] = z.array(Trial).parse(JSON.parse(text));
    const answers = trial?.attempts.map((attempt) => `${attempt.fix ?? 'as it is'} ${attemptAnswer(attempt)}`);
    expect(answers?.toSorted()).toEqual([
      'as it is EACCES',
      'cdi opens',
      'group opens',
      'groups opens',
      'mode opens',
      'ownership opens',
      'privileged EACCES',
      'privileged-withheld not tried',
    ]);
    const ran = trial?.attempts.filter(({ outcome }) => outcome === 'ran') ?? [];
    expect(ran.flatMap(({ differences }) => differences)).toEqual([]);
    const [bare] = ran[0]?.containers ?? [];
    expect(bare?.devices[0]?.layers.map(({ layer }) => layer)).toEqual([
      ...['manifest', 'kubelet', 'cri', 'engine-config', 'oci-spec', 'host', 'guest'],
    ]);
  });
});

/** Requests of a pod that was heard of just now, as a record holds them. */
function asRecorded(manifest: string, name: string, heard: readonly PodRequest[]): RecordedPod {
  const requests = heard.map(recordedRequest).flatMap(({ pod, request }) => (pod === name ? [request] : []));
  return { manifest, allocations: [], requests };
}

function podWithDevice(name: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'localhost:5000/podproof/probe:1',
          command: ['/pause'],
          resources: { limits: { 'qat.intel.com/generic': '1' } },
        },
      ],
    },
  });
}
