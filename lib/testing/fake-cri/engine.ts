import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { CgroupDriver, ContainerState, PodSandboxState, type ImageService, type RuntimeService } from '../../cri/gen/cri_pb.js';
import type { ContainerStatus, NamespaceOption, PodSandbox } from '../../cri/gen/cri_pb.js';

type Sandbox = Omit<PodSandbox, '$typeName'> & { options?: NamespaceOption };
type Container = Pick<ContainerStatus, 'id' | 'state' | 'labels' | 'annotations' | 'createdAt' | 'imageRef'> &
  Partial<Pick<ContainerStatus, 'startedAt' | 'finishedAt' | 'metadata' | 'image'>> & { podSandboxId: string };

/** What an engine remembers: enough to launch, list and remove pods, and for a kubelet to be content. It makes nothing. */
export class FakeEngine {
  readonly sandboxes = new Map<string, Sandbox>();
  readonly containers = new Map<string, Container>();
  readonly images = new Set<string>();
  #next = 1;

  #id(): string {
    return (this.#next++).toString(16).padStart(64, '0');
  }

  /** Answers like containerd where it matters: a name stays reserved until its sandbox is removed. */
  readonly runtime: Partial<ServiceImpl<typeof RuntimeService>> = {
    version: () => ({ version: '0.1.0', runtimeName: 'fake', runtimeVersion: 'v1.0.0', runtimeApiVersion: 'v1' }),
    status: () => ({
      status: { conditions: ['RuntimeReady', 'NetworkReady'].map((type) => ({ type, status: true })) },
      info: { config: '{}' },
      runtimeHandlers: [{ name: '', features: { userNamespaces: true, recursiveReadOnlyMounts: true } }],
      features: { supplementalGroupsPolicy: true },
    }),
    runtimeConfig: () => ({ linux: { cgroupDriver: CgroupDriver.CGROUPFS } }),
    runPodSandbox: ({ config, runtimeHandler }) => {
      const { labels = {}, annotations = {}, metadata, linux } = config ?? {};
      for (const sandbox of this.sandboxes.values()) {
        // containerd pkg/cri/server/helpers.go makeSandboxName: name, namespace, uid and attempt.
        if (sandbox.metadata?.name === (metadata?.name ?? '') && sandbox.metadata?.uid === metadata?.uid)
          throw new ConnectError(`failed to reserve sandbox name "${metadata?.name}"`, Code.Unknown);
      }
      const id = this.#id();
      const options = linux?.securityContext?.namespaceOptions;
      this.sandboxes.set(id, {
        ...{ id, labels, annotations, runtimeHandler, createdAt: now(), state: PodSandboxState.SANDBOX_READY },
        ...(metadata && { metadata }),
        ...(options && { options }),
      });
      return { podSandboxId: id };
    },
    stopPodSandbox: ({ podSandboxId }) => {
      const sandbox = this.sandboxes.get(podSandboxId);
      if (sandbox) sandbox.state = PodSandboxState.SANDBOX_NOTREADY;
      for (const container of this.containers.values()) if (container.podSandboxId === podSandboxId) end(container);
      return {};
    },
    removePodSandbox: ({ podSandboxId }) => {
      this.sandboxes.delete(podSandboxId);
      for (const [id, container] of this.containers) if (container.podSandboxId === podSandboxId) this.containers.delete(id);
      return {};
    },
    podSandboxStatus: ({ podSandboxId }) => {
      const { options, ...status } = this.#sandbox(podSandboxId);
      return { status: { ...status, network: { ip: '192.0.2.5' }, linux: { namespaces: options ? { options } : {} } } };
    },
    listPodSandbox: ({ filter }) => ({
      items: [...this.sandboxes.values()].filter(
        ({ id, labels }) => isWanted(id, filter?.id) && hasAll(labels, filter?.labelSelector),
      ),
    }),
    createContainer: ({ podSandboxId, config }) => {
      const id = this.#id();
      const { metadata, image, labels = {}, annotations = {} } = config ?? {};
      this.containers.set(id, {
        ...{ id, podSandboxId, labels, annotations, createdAt: now(), state: ContainerState.CONTAINER_CREATED },
        ...{ imageRef: image?.image ?? '', ...(metadata && { metadata }), ...(image && { image }) },
      });
      return { containerId: id };
    },
    startContainer: ({ containerId }) => {
      Object.assign(this.#container(containerId), { state: ContainerState.CONTAINER_RUNNING, startedAt: now() });
      return {};
    },
    stopContainer: ({ containerId }) => {
      end(this.#container(containerId));
      return {};
    },
    removeContainer: ({ containerId }) => {
      this.containers.delete(containerId);
      return {};
    },
    listContainers: ({ filter }) => ({
      containers: [...this.containers.values()].filter(
        ({ id, podSandboxId }) => isWanted(id, filter?.id) && isWanted(podSandboxId, filter?.podSandboxId),
      ),
    }),
    containerStatus: ({ containerId }) => ({
      status: this.#container(containerId),
      info: { info: JSON.stringify({ pid: 4711, runtimeSpec: { process: { user: { uid: 0, gid: 0 } } } }) },
    }),
    execSync: ({ cmd }) => ({ stdout: new TextEncoder().encode(cmd.join(' ')), exitCode: 0 }),
  };

  readonly imageService: Partial<ServiceImpl<typeof ImageService>> = {
    pullImage: ({ image }) => {
      this.images.add(image?.image ?? '');
      return { imageRef: image?.image ?? '' };
    },
    imageStatus: ({ image }) => (this.images.has(image?.image ?? '') ? { image: { id: image?.image ?? '' } } : {}),
    listImages: () => ({ images: [...this.images].map((id) => ({ id })) }),
  };

  #sandbox(id: string): Sandbox {
    return this.sandboxes.get(id) ?? missing('sandbox', id);
  }

  #container(id: string): Container {
    return this.containers.get(id) ?? missing('container', id);
  }
}

function missing(what: string, id: string): never {
  throw new ConnectError(`an error occurred when try to find ${what} "${id}": not found`, Code.NotFound);
}

function end(container: Container): void {
  container.state = ContainerState.CONTAINER_EXITED;
  container.finishedAt = now();
}

function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function isWanted(id: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || id === wanted;
}

function hasAll(labels: Record<string, string> | undefined, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}
