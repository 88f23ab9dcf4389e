import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http2';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { criClient, type CriClient } from '../../cri/client.ts';
import { CriConnection } from '../../cri/connection.ts';
import { ContainerState } from '../../cri/gen/cri_pb.js';
import type { ContainerPlacement } from '../../cri/kubelet/placement.ts';
import { kubeletRequest } from '../../cri/kubelet/request.ts';
import { devicePlugins, kubeletPlaces, pluginRegistration } from '../../kubelet/config.ts';
import { nodeOf, staticPod } from '../../kubelet/differences.ts';
import { DevicePlugin, Registration } from '../../kubelet/gen/plugin_pb.js';
import { allContainers, type Container, type Pod } from '../../manifest/pod.ts';
import { RecordedNode } from '../../model/kubelet-record.ts';
import { messageOf } from '../../util/errors.ts';
import { listen } from '../../util/listen.ts';
import { Scope } from '../../util/scope.ts';
import { waitFor } from '../../util/wait.ts';

const version = '1.37.2';

/** What `nodeFacts` reads on a host with this kubelet. */
export const fakeNodeFacts = `memory=2147483648
cgroupVersion=2
swapController=yes
hugePages=hugepages-2048kB
servers=
searches=
options=
thermalThrottle=
`;

interface Status {
  name: string;
  ready: boolean;
  containerID: string;
  state: object;
}

/** One that a fake host has: it reads static pods, asks device plugins, and asks its engine through whatever stands before that. */
export class FakeKubelet implements AsyncDisposable {
  readonly #root: string;
  readonly #node: RecordedNode;
  readonly #client: CriClient;
  readonly #plugins = new Map<string, string>();
  readonly #pods = new Map<string, { metadata: object; status: Record<string, unknown>; sandbox?: string }>();
  readonly #scope = new Scope();

  private constructor(root: string, directory: string) {
    this.#root = root;
    const places = kubeletPlaces({ version, directory });
    this.#node = RecordedNode.parse({
      ...{ version, name: 'node', cgroupDriver: 'systemd', cgroupVersion: 2, swapController: true, memory: 2_147_483_648 },
      ...{ hugePageSizes: ['2MB'], rootDirectory: places.root, logDirectory: places.podLogs, seccompDefault: false },
      ...{ dns: { servers: [], searches: [], options: [] }, thermalThrottle: [] },
    });
    this.#client = this.#scope.adopt('client', criClient({ dial: () => connect(join(root, places.engineSocket)) }));
  }

  /** Paths are below `root`. */
  static async start(root: string, directory: string): Promise<FakeKubelet> {
    const kubelet = new FakeKubelet(root, directory);
    const register = ({ resourceName, endpoint }: { resourceName: string; endpoint: string }) => {
      kubelet.#plugins.set(resourceName, endpoint);
      return {};
    };
    const routes = connectNodeAdapter({ routes: (router) => void router.service(Registration, { register }) });
    const socket = join(root, pluginRegistration);
    await mkdir(dirname(socket), { recursive: true });
    kubelet.#scope.adopt('registration', await listen(createServer(routes), socket));
    return kubelet;
  }

  /** A manifest has come. It makes the pod in its own time, and says of it what a kubelet says. */
  add(file: string, manifest: string): void {
    const pod = staticPod(manifest, this.#node);
    const { name, namespace } = pod.metadata;
    const uid = randomBytes(16).toString('hex');
    this.#pods.set(file, { metadata: { name, namespace, uid }, status: { phase: 'Pending' } });
    this.#make(file, pod, uid).catch((error: unknown) => {
      const made = this.#pods.get(file);
      if (made !== undefined) made.status = { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: messageOf(error) };
    });
  }

  async remove(file: string): Promise<void> {
    const podSandboxId = this.#pods.get(file)?.sandbox;
    this.#pods.delete(file);
    if (podSandboxId !== undefined) await this.#client.runtime.removePodSandbox({ podSandboxId });
  }

  /** As its read-only port tells it. */
  pods(): string {
    return JSON.stringify({ items: [...this.#pods.values()] });
  }

  async #make(file: string, pod: Pod, uid: string): Promise<void> {
    const containers = new Map<string, ContainerPlacement>();
    for (const container of allContainers(pod.spec))
      containers.set(container.name, { image: { reference: container.image }, allocation: await this.#allocate(container) });
    const request = kubeletRequest(nodeOf(this.#node), pod, { uid, handler: '', containers });
    const { podSandboxId } = await this.#client.runtime.runPodSandbox({ config: request.sandbox });
    const made = this.#pods.get(file);
    if (made === undefined) return;
    made.sandbox = podSandboxId;
    const statuses: { initContainerStatuses: Status[]; containerStatuses: Status[] } = {
      initContainerStatuses: [],
      containerStatuses: [],
    };
    for (const { name, role, config } of request.containers) {
      const asked = { podSandboxId, config, sandboxConfig: request.sandbox };
      const { containerId } = await this.#client.runtime.createContainer(asked);
      await this.#client.runtime.startContainer({ containerId });
      const status = { name, ready: role !== 'init', containerID: `containerd://${containerId}`, state: { running: {} } };
      (role === 'main' ? statuses.containerStatuses : statuses.initContainerStatuses).push(status);
      made.status = { phase: role === 'init' ? 'Pending' : 'Running', ...statuses };
      if (role === 'init') await this.#ended(containerId);
    }
  }

  async #ended(containerId: string): Promise<void> {
    await waitFor({ name: `see ${containerId} end`, timeoutMs: 60_000 }, async () => {
      const { status } = await this.#client.runtime.containerStatus({ containerId });
      return status?.state === ContainerState.CONTAINER_EXITED ? true : undefined;
    });
  }

  /** What the plugins of its resources give a container. */
  async #allocate({ resources: { limits } }: Container): Promise<NonNullable<ContainerPlacement['allocation']>> {
    const answers = [];
    for (const [resource, count] of Object.entries(limits)) {
      const endpoint = this.#plugins.get(resource);
      if (endpoint === undefined) continue;
      const connection = new CriConnection(() => connect(join(this.#root, devicePlugins, endpoint)));
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope[Symbol.asyncDispose]();
  }
}
