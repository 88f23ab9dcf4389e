import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { CriRequest } from '../model/cri-request.ts';
import {
  ContainerConfigSchema,
  LinuxContainerResourcesSchema,
  NamespaceMode,
  NamespaceOptionSchema,
  PodSandboxConfigSchema,
  type ContainerConfig,
  type PodSandboxConfig,
} from './gen/cri_pb.js';

/**
 * One pod with one container, as the CRI is asked for it. What is left out is not sent, so the engine's default holds: suites ask for
 * what no kubelet leaves out, as a user or a seccomp profile. A whole pod as a kubelet sends it is made by kubelet/request.ts.
 */
export interface PodSpec {
  /** Unique per engine: the engine keeps a name reserved until its sandbox is removed. */
  name: string;
  uid: string;
  namespace: string;
  /** Runtime handler; empty for the engine's default. */
  handler: string;
  image: string;
  /** Replaces the image's entry point. */
  command?: readonly string[];
  sandboxPrivileged?: boolean;
  privileged?: boolean;
  hostNetwork?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  runAsUserName?: string;
  supplementalGroups?: readonly number[];
  devices?: readonly { hostPath: string; containerPath: string; permissions: string }[];
  cdiDevices?: readonly string[];
  sandboxAnnotations?: Readonly<Record<string, string>>;
  containerAnnotations?: Readonly<Record<string, string>>;
  mounts?: readonly { hostPath: string; containerPath: string; readonly?: boolean }[];
  /** Without the prefix CAP_: `IPC_LOCK`. */
  addCapabilities?: readonly string[];
  /** Page size as the kubelet spells it (`2MB`), limit in bytes. */
  hugepages?: readonly { pageSize: string; limit: number }[];
  /** Ids 0 to length - 1 of the pod become hostId and following on the host, users and groups alike. */
  userNamespace?: { hostId: number; length: number };
  /** What the kubelet sends for an unprivileged container (`procMount: Default`); engines mask nothing of their own accord. */
  maskedPaths?: readonly string[];
  readonlyPaths?: readonly string[];
  cgroupParent?: string;
  /** Bytes. */
  memoryLimit?: number;
  /** Directory on the host for container logs. */
  logDirectory?: string;
}

/** Label by which a sandbox is found again when the answer of RunPodSandbox never came. */
export const uidLabel = 'podproof/pod-uid';

export function sandboxConfig(spec: PodSpec): PodSandboxConfig {
  return create(PodSandboxConfigSchema, {
    metadata: { name: spec.name, uid: spec.uid, namespace: spec.namespace },
    hostname: spec.hostNetwork ? '' : spec.name,
    logDirectory: spec.logDirectory ?? '',
    labels: { [uidLabel]: spec.uid },
    annotations: { ...spec.sandboxAnnotations },
    linux: {
      cgroupParent: spec.cgroupParent ?? '',
      securityContext: {
        namespaceOptions: namespaces(spec),
        privileged: spec.sandboxPrivileged ?? false,
        supplementalGroups: (spec.supplementalGroups ?? []).map(BigInt),
      },
    },
  });
}

export function containerConfig(spec: PodSpec): ContainerConfig {
  return create(ContainerConfigSchema, {
    metadata: { name: 'probe' },
    // The kubelet sends both; CRI-O verifies the signature of the second one (server/container_create.go).
    image: { image: spec.image, userSpecifiedImage: spec.image },
    command: [...(spec.command ?? [])],
    mounts: (spec.mounts ?? []).map((mount) => ({ ...mount })),
    devices: (spec.devices ?? []).map((device) => ({ ...device })),
    CDIDevices: (spec.cdiDevices ?? []).map((name) => ({ name })),
    labels: { [uidLabel]: spec.uid },
    annotations: { ...spec.containerAnnotations },
    logPath: spec.logDirectory === undefined ? '' : 'probe.log',
    linux: {
      resources: resources(spec),
      securityContext: {
        capabilities: { addCapabilities: [...(spec.addCapabilities ?? [])] },
        privileged: spec.privileged ?? false,
        namespaceOptions: namespaces(spec),
        runAsUsername: spec.runAsUserName ?? '',
        ...(spec.runAsUser === undefined ? {} : { runAsUser: { value: BigInt(spec.runAsUser) } }),
        ...(spec.runAsGroup === undefined ? {} : { runAsGroup: { value: BigInt(spec.runAsGroup) } }),
        supplementalGroups: (spec.supplementalGroups ?? []).map(BigInt),
        maskedPaths: [...(spec.maskedPaths ?? [])],
        readonlyPaths: [...(spec.readonlyPaths ?? [])],
      },
    },
  });
}

/** What was asked for, as the observation records it: the first layer of each device. */
export function requestFacts(spec: PodSpec, imageUser = ''): CriRequest {
  return {
    handler: spec.handler,
    privileged: spec.privileged ?? false,
    sandboxPrivileged: spec.sandboxPrivileged ?? false,
    ...(spec.runAsUser === undefined ? {} : { runAsUser: spec.runAsUser }),
    ...(spec.runAsGroup === undefined ? {} : { runAsGroup: spec.runAsGroup }),
    supplementalGroups: [...(spec.supplementalGroups ?? [])],
    imageUser,
    devices: (spec.devices ?? []).map((device) => ({ ...device })),
    cdiDevices: [...(spec.cdiDevices ?? [])],
    annotations: { ...spec.sandboxAnnotations, ...spec.containerAnnotations },
    hostNetwork: spec.hostNetwork ?? false,
    userNamespace: spec.userNamespace !== undefined,
    maskedPaths: [...(spec.maskedPaths ?? [])],
    readonlyPaths: [...(spec.readonlyPaths ?? [])],
  };
}

/** The kubelet asks for one process namespace per container; the CRI's own default would be one per pod. */
function namespaces(spec: PodSpec): MessageInitShape<typeof NamespaceOptionSchema> {
  const mapping = spec.userNamespace && [
    { hostId: spec.userNamespace.hostId, containerId: 0, length: spec.userNamespace.length },
  ];
  return {
    network: spec.hostNetwork ? NamespaceMode.NODE : NamespaceMode.POD,
    pid: NamespaceMode.CONTAINER,
    ipc: NamespaceMode.POD,
    ...(mapping ? { usernsOptions: { mode: NamespaceMode.POD, uids: mapping, gids: mapping } } : {}),
  };
}

function resources(spec: PodSpec): MessageInitShape<typeof LinuxContainerResourcesSchema> {
  return {
    memoryLimitInBytes: BigInt(spec.memoryLimit ?? 0),
    hugepageLimits: (spec.hugepages ?? []).map(({ pageSize, limit }) => ({ pageSize, limit: BigInt(limit) })),
  };
}
