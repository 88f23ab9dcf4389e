import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ContainerState, PodSandboxState, type ImageService, type RuntimeService } from '../../cri/gen/cri_pb.js';
import type { ContainerStatusSchema, PodSandboxSchema } from '../../cri/gen/cri_pb.js';

/** What an engine remembers: enough to launch, list and remove pods. */
export class FakeEngine {
  readonly sandboxes = new Map<string, MessageInitShape<typeof PodSandboxSchema>>();
  readonly containers = new Map<string, MessageInitShape<typeof ContainerStatusSchema> & { sandbox: string }>();
  readonly images = new Set<string>();
  #next = 1;

  #id(): string {
    return (this.#next++).toString(16).padStart(64, '0');
  }

  /** Answers like containerd where it matters: a name stays reserved until its sandbox is removed. */
  readonly runtime: Partial<ServiceImpl<typeof RuntimeService>> = {
    version: () => ({ version: '0.1.0', runtimeName: 'fake', runtimeVersion: 'v1.0.0', runtimeApiVersion: 'v1' }),
    status: () => ({ status: { conditions: [{ type: 'RuntimeReady', status: true }] }, info: { config: '{}' } }),
    runPodSandbox: ({ config, runtimeHandler }) => {
      const name = config?.metadata?.name ?? '';
      for (const sandbox of this.sandboxes.values()) {
        // containerd pkg/cri/server/helpers.go makeSandboxName: name, namespace, uid and attempt.
        if (sandbox.metadata?.name === name && sandbox.metadata?.uid === config?.metadata?.uid)
          throw new ConnectError(`failed to reserve sandbox name "${name}"`, Code.Unknown);
      }
      const id = this.#id();
      const { labels = {}, annotations = {}, metadata } = config ?? {};
      const sandbox = { id, labels, annotations, runtimeHandler, state: PodSandboxState.SANDBOX_READY };
      this.sandboxes.set(id, metadata === undefined ? sandbox : { ...sandbox, metadata });
      return { podSandboxId: id };
    },
    stopPodSandbox: ({ podSandboxId }) => {
      const sandbox = this.sandboxes.get(podSandboxId);
      if (sandbox) sandbox.state = PodSandboxState.SANDBOX_NOTREADY;
      return {};
    },
    removePodSandbox: ({ podSandboxId }) => {
      this.sandboxes.delete(podSandboxId);
      for (const [id, container] of this.containers) if (container.sandbox === podSandboxId) this.containers.delete(id);
      return {};
    },
    listPodSandbox: ({ filter }) => {
      const wanted = Object.entries(filter?.labelSelector ?? {});
      return { items: [...this.sandboxes.values()].filter((sandbox) => wanted.every(([k, v]) => sandbox.labels?.[k] === v)) };
    },
    createContainer: ({ podSandboxId }) => {
      const id = this.#id();
      this.containers.set(id, { id, sandbox: podSandboxId, state: ContainerState.CONTAINER_CREATED });
      return { containerId: id };
    },
    startContainer: ({ containerId }) => {
      this.#container(containerId).state = ContainerState.CONTAINER_RUNNING;
      return {};
    },
    stopContainer: ({ containerId }) => {
      this.#container(containerId).state = ContainerState.CONTAINER_EXITED;
      return {};
    },
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

  #container(id: string): MessageInitShape<typeof ContainerStatusSchema> & { sandbox: string } {
    const container = this.containers.get(id);
    if (!container) throw new ConnectError(`an error occurred when try to find container "${id}": not found`, Code.NotFound);
    return container;
  }
}
