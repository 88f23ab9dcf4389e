import { connectNodeAdapter } from '@connectrpc/connect-node';
import { createServer, type ServerHttp2Session } from 'node:http2';
import { z } from 'zod';
import {
  ContainerState,
  CgroupDriver,
  ImageService,
  PodSandboxState,
  RuntimeService,
  type ContainerMetadata,
  type ImageSpec,
  type NamespaceOption,
  type PodSandboxMetadata,
} from '../cri/gen/cri_pb.js';

interface Sandbox {
  id: string;
  metadata?: PodSandboxMetadata;
  options?: NamespaceOption;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  runtimeHandler: string;
  createdAt: bigint;
  state: PodSandboxState;
}

interface Container {
  id: string;
  podSandboxId: string;
  metadata?: ContainerMetadata;
  image?: ImageSpec;
  imageRef: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  createdAt: bigint;
  startedAt: bigint;
  finishedAt: bigint;
  state: ContainerState;
}

/**
 * An engine that makes nothing, and keeps its word of it, so that a kubelet is content; on a port of this machine's loopback. Its
 * cgroup driver is cgroupfs.
 */
export async function answeringEngine(): Promise<{ port: number } & AsyncDisposable> {
  const handler = connectNodeAdapter({ routes: (router) => engine(router), fallback: other });
  const server = createServer(handler);
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined).on('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      sessions.forEach((session) => session.destroy());
      await closed;
    },
  };
}

function engine(router: Parameters<Parameters<typeof connectNodeAdapter>[0]['routes']>[0]): void {
  const sandboxes = new Map<string, Sandbox>();
  const containers = new Map<string, Container>();
  let next = 1;
  const id = (): string => (next++).toString(16).padStart(64, '0');
  const now = (): bigint => BigInt(Date.now()) * 1_000_000n;
  const end = (container: Container | undefined): void => {
    if (container?.state !== ContainerState.CONTAINER_RUNNING) return;
    container.state = ContainerState.CONTAINER_EXITED;
    container.finishedAt = now();
  };
  router.service(RuntimeService, {
    version: () => ({ version: '0.1.0', runtimeName: 'answering', runtimeVersion: '1.0.0', runtimeApiVersion: 'v1' }),
    status: () => ({
      status: { conditions: ['RuntimeReady', 'NetworkReady'].map((type) => ({ type, status: true })) },
      runtimeHandlers: [{ name: '', features: { userNamespaces: true, recursiveReadOnlyMounts: true } }],
      features: { supplementalGroupsPolicy: true },
    }),
    runtimeConfig: () => ({ linux: { cgroupDriver: CgroupDriver.CGROUPFS } }),
    runPodSandbox({ config, runtimeHandler }) {
      const made = id();
      const { metadata, labels = {}, annotations = {}, linux } = config ?? {};
      const options = linux?.securityContext?.namespaceOptions;
      sandboxes.set(made, {
        ...{ id: made, labels, annotations, runtimeHandler, createdAt: now(), state: PodSandboxState.SANDBOX_READY },
        ...(options === undefined ? {} : { options }),
        ...(metadata === undefined ? {} : { metadata }),
      });
      return { podSandboxId: made };
    },
    stopPodSandbox({ podSandboxId }) {
      const sandbox = sandboxes.get(podSandboxId);
      if (sandbox !== undefined) sandbox.state = PodSandboxState.SANDBOX_NOTREADY;
      for (const container of containers.values()) if (container.podSandboxId === podSandboxId) end(container);
      return {};
    },
    removePodSandbox({ podSandboxId }) {
      sandboxes.delete(podSandboxId);
      return {};
    },
    podSandboxStatus({ podSandboxId }) {
      const status = sandboxes.get(podSandboxId);
      if (status === undefined) return {};
      const { options, ...rest } = status;
      const namespaces = options === undefined ? {} : { options };
      return { status: { ...rest, network: { ip: '192.0.2.5' }, linux: { namespaces } } };
    },
    listPodSandbox: ({ filter }) => ({
      items: [...sandboxes.values()].filter(
        ({ id: each, labels }) => matches(each, filter?.id) && includes(labels, filter?.labelSelector),
      ),
    }),
    createContainer({ podSandboxId, config }) {
      const made = id();
      const { metadata, image, labels = {}, annotations = {} } = config ?? {};
      containers.set(made, {
        ...{ id: made, podSandboxId, labels, annotations, createdAt: now(), imageRef: image?.image ?? '' },
        ...{ state: ContainerState.CONTAINER_CREATED, startedAt: 0n, finishedAt: 0n },
        ...(metadata === undefined ? {} : { metadata }),
        ...(image === undefined ? {} : { image }),
      });
      return { containerId: made };
    },
    startContainer({ containerId }) {
      const container = containers.get(containerId);
      if (container === undefined) return {};
      container.state = ContainerState.CONTAINER_RUNNING;
      container.startedAt = now();
      return {};
    },
    stopContainer({ containerId }) {
      end(containers.get(containerId));
      return {};
    },
    removeContainer({ containerId }) {
      containers.delete(containerId);
      return {};
    },
    containerStatus({ containerId }) {
      const container = containers.get(containerId);
      return container === undefined ? {} : { status: container };
    },
    listContainers: ({ filter }) => ({
      containers: [...containers.values()].filter(
        ({ id: each, podSandboxId }) => matches(each, filter?.id) && matches(podSandboxId, filter?.podSandboxId),
      ),
    }),
  });
  router.service(ImageService, {
    imageStatus: ({ image }) => ({
      image: { id: `sha256:${'a'.repeat(64)}`, repoTags: [image?.image ?? ''], repoDigests: [], size: 1_000n },
    }),
    listImages: () => ({}),
  });
}

/** What podproof's part of the CRI has no messages for: empty answers where a kubelet insists on one, else a refusal. */
const other: NonNullable<Parameters<typeof connectNodeAdapter>[0]['fallback']> = (request, response) => {
  const insists = /\/(ImageFsInfo|ListPodSandboxStats|ListContainerStats|UpdateRuntimeConfig)$/.test(request.url ?? '');
  const head = { 'content-type': 'application/grpc' };
  if (!insists) {
    response.writeHead(200, { ...head, 'grpc-status': '12' });
    response.end();
    return;
  }
  response.writeHead(200, head);
  response.addTrailers({ 'grpc-status': '0' });
  response.end(Buffer.alloc(5));
};

function matches(value: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || value === wanted;
}

function includes(labels: Record<string, string> | undefined, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}
