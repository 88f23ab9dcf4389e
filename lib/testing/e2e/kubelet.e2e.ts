import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJson } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveArtifact } from '../../artifacts/resolve.ts';
import { CreateContainerRequestSchema, RunPodSandboxRequestSchema } from '../../cri/gen/cri_pb.js';
import type { KubeletSpec } from '../../kubelet/config.ts';
import { serveDevicePlugin } from '../../kubelet/device-plugin.ts';
import { requestDifferences } from '../../kubelet/differences.ts';
import { startKubelet, type Kubelet } from '../../kubelet/kubelet.ts';
import type { KubeletHost } from '../../kubelet/host.ts';
import { nodeFacts } from '../../kubelet/node-facts.ts';
import type { PodStatus } from '../../kubelet/pods.ts';
import { RecordedKubelet, type RecordedPod } from '../../kubelet/recorded.ts';
import { serveOnHost } from '../../kubelet/socket.ts';
import type { PodRequest } from '../../kubelet/relay.ts';
import { fakeCri } from '../fake-cri/server.ts';
import { leaseHost } from './lease.ts';
import { attachmentOf } from '../../run/host-lease.ts';
import { BlockedError } from '../../util/errors.ts';
import { packageRoot } from '../../util/paths.ts';
import { Scope } from '../../util/scope.ts';

const version = '1.37.2';
const artifact = await resolveArtifact('kubelet', version, { kind: 'path' }).catch((error: unknown) => {
  if (error instanceof BlockedError) return error;
  throw error;
});
const why = artifact instanceof BlockedError ? `, not run: ${artifact.message}` : '';

describe.skipIf(why !== '')(`kubelet ${version}${why}`, () => {
  const scope = new Scope();
  const signal = new AbortController().signal;
  const heard: PodRequest[] = [];
  let kubelet: Kubelet;
  let spec: KubeletSpec;
  let recorded: RecordedKubelet;
  let host: KubeletHost;
  beforeAll(async () => {
    if (artifact instanceof BlockedError) return;
    recorded = RecordedKubelet.parse(
      JSON.parse(await readFile(join(packageRoot, 'results/kubelet/1.37.2-cgroupfs.json'), 'utf8')),
    );
    // Its orphans are sought on the whole machine, and what it takes for one is removed: never on a machine that somebody loves.
    const logs = await mkdtemp(join(tmpdir(), 'podproof-kubelet-'));
    scope.onRelease('the logs', () => rm(logs, { recursive: true }));
    const leased = scope.adopt('the host', await leaseHost(`kubelet-${process.pid}`, logs));
    host = leased;
    const image = { id: `sha256:${'a'.repeat(64)}`, size: 1_000n };
    const { port } = scope.adopt('the engine', await fakeCri({ onPort: true, images: { imageStatus: () => ({ image }) } }));
    const socket = '/run/podproof-answering/engine.sock';
    const directory = '/var/lib/podproof/answering';
    scope.adopt('the socket of the engine', await serveOnHost(leased, { socket, port, directory, signal }));
    const prefix = await leased.attach(attachmentOf(artifact));
    const binary = join(prefix, artifact.binaries['kubelet'] ?? '');
    spec = { version, binary, directory: '/var/lib/podproof/kubelet', cgroupDriver: 'cgroupfs' };
    kubelet = await startKubelet(host, spec, {
      engine: { socket, api: 'v1' },
      signal,
      onRequest: (request) => heard.push(request),
    });
    scope.adopt('kubelet', kubelet);
  }, 300_000);
  afterAll(() => scope[Symbol.asyncDispose](), 120_000);

  const running = ({ status }: PodStatus): boolean =>
    status.phase === 'Running' && status.containerStatuses.every(({ ready }) => ready);

  test('asks for pods as podproof does, field by field', { timeout: 300_000 }, async () => {
    const node = await nodeFacts(host, spec);
    for (const name of ['plain', 'privileged', 'restricted', 'user-namespace']) {
      const { manifest = '' } = recorded.pods[name] ?? {};
      await kubelet.addPod(name, manifest);
      await kubelet.waitForPod(name, running);
      expect(requestDifferences(node, asRecorded(manifest, `${name}-node`, heard)), name).toEqual([]);
      await kubelet.removePod(name);
    }
  });

  test('gives a container the devices of a plugin, and refuses a pod when none is healthy', { timeout: 300_000 }, async () => {
    const device = { hostPath: '/dev/null', containerPath: '/dev/vfio/58', permissions: 'mrw' };
    await using plugin = await serveDevicePlugin(host, {
      ...{ resource: 'qat.intel.com/generic', directory: '/var/lib/podproof/plugin', signal },
      devices: [{ id: 'one', nodes: [device], cdiNames: ['podproof.dev/char=canary'] }],
    });
    await kubelet.addPod('given', podWithDevice('given'));
    await kubelet.waitForPod('given', running);
    expect(plugin.allocated).toEqual([['one']]);
    expect(heard.findLast(({ call }) => call === 'CreateContainer')?.message).toMatchObject({
      config: { devices: [device], CDIDevices: [{ name: 'podproof.dev/char=canary' }] },
    });
    await kubelet.removePod('given');
    plugin.setHealth('one', false);
    await kubelet.addPod('refused', podWithDevice('refused'));
    const { status } = await kubelet.waitForPod('refused', (pod) => pod.status.phase === 'Failed');
    expect(status).toMatchObject({ reason: 'UnexpectedAdmissionError' });
    expect(status.message).toMatch(/no healthy devices present|number of devices unavailable/);
  });
});

/** Requests of a pod that was heard of just now, as a record holds them. */
function asRecorded(manifest: string, pod: string, heard: readonly PodRequest[]): RecordedPod {
  const names = { useProtoFieldName: true };
  return {
    manifest,
    allocations: [],
    requests: heard.flatMap((request): RecordedPod['requests'] => {
      if (request.call === 'RunPodSandbox')
        return request.message.config?.metadata?.name === pod
          ? [{ call: request.call, request: toJson(RunPodSandboxRequestSchema, request.message, names) }]
          : [];
      return request.message.sandboxConfig?.metadata?.name === pod
        ? [{ call: request.call, request: toJson(CreateContainerRequestSchema, request.message, names) }]
        : [];
    }),
  };
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
