import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { criClient } from '../../cri/client.ts';
import { CriConnection } from '../../cri/connection.ts';
import { ContainerState } from '../../cri/gen/cri_pb.js';
import type { ContainerPlacement } from '../../cri/kubelet/placement.ts';
import { kubeletRequest } from '../../cri/kubelet/request.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';
import { devicePlugins, kubeletPlaces, pluginRegistration } from '../../kubelet/config.ts';
import { nodeOf, staticPod } from '../../kubelet/differences.ts';
import { DevicePlugin, Registration } from '../../kubelet/gen/plugin_pb.js';
import { nodeFacts } from '../../kubelet/node-facts.ts';
import { allContainers, type Container, type Pod } from '../../manifest/pod.ts';
import { messageOf } from '../../util/errors.ts';
import { listen } from '../../util/listen.ts';
import { waitFor } from '../../util/wait.ts';

/**
 * As a program, in place of a kubelet: it reads static pods, asks device plugins, and asks its engine through whatever stands before
 * that. What its read-only port would tell is in a file of the host.
 */
const version = '1.37.2';
const root = process.env['PODPROOF_FAKE_HOST'] ?? '';
const at = (path: string): string =>
  path.replace('/var/lib/podproof', `${root}/lib`).replace('/var/lib/kubelet', `${root}/kubelet`);
const spec = { version, binary: '', directory: `/var/lib/podproof/kubelet-${version}`, cgroupDriver: 'systemd' } as const;
const places = kubeletPlaces(spec);
const node = await nodeFacts(connectRemote({ prefix: [], quoting: 'none' }), spec);
const { runtime } = criClient({ dial: () => connect(at(places.engineSocket)) });

interface Status {
  name: string;
  ready: boolean;
  containerID: string;
  state: object;
}

const plugins = new Map<string, string>();
const pods = new Map<string, { metadata: object; status: Record<string, unknown>; sandbox?: string }>();

/** A manifest has come. It makes the pod in its own time, and says of it what a kubelet says. */
function add(file: string): void {
  const pod = staticPod(readFileSync(join(at(places.manifests), file), 'utf8'), node);
  const { name, namespace } = pod.metadata;
  const uid = randomBytes(16).toString('hex');
  pods.set(file, { metadata: { name, namespace, uid }, status: { phase: 'Pending' } });
  make(file, pod, uid).catch((error: unknown) => {
    const made = pods.get(file);
    if (made !== undefined) made.status = { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: messageOf(error) };
  });
}

function remove(file: string): void {
  const podSandboxId = pods.get(file)?.sandbox;
  pods.delete(file);
  if (podSandboxId !== undefined) void runtime.removePodSandbox({ podSandboxId });
}

async function make(file: string, pod: Pod, uid: string): Promise<void> {
  const containers = new Map<string, ContainerPlacement>();
  for (const container of allContainers(pod.spec))
    containers.set(container.name, { image: { reference: container.image }, allocation: await allocate(container) });
  const request = kubeletRequest(nodeOf(node), pod, { uid, handler: '', containers });
  const { podSandboxId } = await runtime.runPodSandbox({ config: request.sandbox });
  const made = pods.get(file);
  if (made === undefined) return;
  made.sandbox = podSandboxId;
  const initContainerStatuses: Status[] = [];
  const containerStatuses: Status[] = [];
  for (const { name, role, config } of request.containers) {
    const { containerId } = await runtime.createContainer({ podSandboxId, config, sandboxConfig: request.sandbox });
    await runtime.startContainer({ containerId });
    const status = { name, ready: role !== 'init', containerID: `containerd://${containerId}`, state: { running: {} } };
    (role === 'main' ? containerStatuses : initContainerStatuses).push(status);
    made.status = { phase: role === 'init' ? 'Pending' : 'Running', initContainerStatuses, containerStatuses };
    if (role !== 'init') continue;
    await waitFor({ name: `see ${containerId} end`, timeoutMs: 60_000 }, async () => {
      const { status: seen } = await runtime.containerStatus({ containerId });
      return seen?.state === ContainerState.CONTAINER_EXITED ? true : undefined;
    });
  }
}

/** What the plugins of its resources give a container. */
async function allocate({ resources: { limits } }: Container): Promise<NonNullable<ContainerPlacement['allocation']>> {
  const answers = [];
  for (const [resource, count] of Object.entries(limits)) {
    const endpoint = plugins.get(resource);
    if (endpoint === undefined) continue;
    const connection = new CriConnection(() => connect(at(join(devicePlugins, endpoint))));
    try {
      const transport = createGrpcTransport({ baseUrl: connection.authority, sessionManager: connection });
      const devicesIds = Array.from({ length: Number(count) }, (_, id) => String(id));
      const { containerResponses } = await createClient(DevicePlugin, transport).allocate({
        containerRequests: [{ devicesIds }],
      });
      answers.push(...containerResponses);
    } finally {
      connection.close();
    }
  }
  return {
    devices: answers.flatMap(({ devices }) => devices),
    cdiDevices: answers.flatMap(({ cdiDevices }) => cdiDevices.map(({ name }) => name)),
  };
}

for (const directory of [at(places.manifests), dirname(at(pluginRegistration))]) mkdirSync(directory, { recursive: true });
setInterval(() => {
  const files = readdirSync(at(places.manifests));
  for (const file of files) if (!pods.has(file)) add(file);
  for (const file of pods.keys()) if (!files.includes(file)) remove(file);
  writeFileSync(`${root}/pods.new`, JSON.stringify({ items: [...pods.values()] }));
  renameSync(`${root}/pods.new`, `${root}/pods.json`);
}, 50);
const register = ({ resourceName, endpoint }: { resourceName: string; endpoint: string }) => {
  plugins.set(resourceName, endpoint);
  return {};
};
const routes = connectNodeAdapter({ routes: (router) => void router.service(Registration, { register }) });
await listen(createServer(routes), at(pluginRegistration));
