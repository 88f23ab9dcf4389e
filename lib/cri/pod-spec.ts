import { Pod } from '../manifest/pod.ts';
import type { ContainerConfig, PodSandboxConfig } from './gen/cri_pb.js';
import { newestKubelet } from './kubelet/facts.ts';
import { defaultNode } from './kubelet/node.ts';
import { kubeletRequest } from './kubelet/request.ts';

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
  runAsUser?: number | undefined;
  runAsGroup?: number | undefined;
  supplementalGroups?: readonly number[];
  devices?: readonly { hostPath: string; containerPath: string; permissions: string }[];
  cdiDevices?: readonly string[];
  sandboxAnnotations?: Readonly<Record<string, string>>;
  mounts?: readonly { hostPath: string; containerPath: string; readonly?: boolean }[];
  /** Without the prefix CAP_: `IPC_LOCK`. */
  addCapabilities?: readonly string[];
  /** Page size as the kubelet spells it (`2MB`), limit in bytes. */
  hugepages?: readonly { pageSize: string; limit: number }[];
  /** Ids 0 to length - 1 of the pod become hostId and following on the host, users and groups alike. */
  userNamespace?: { hostId: number; length: number } | undefined;
  cgroupParent?: string;
  appArmor?: 'RuntimeDefault' | 'Unconfined' | undefined;
}

/** Label by which a sandbox is found again when the answer of RunPodSandbox never came. */
export const uidLabel = 'podproof/pod-uid';

/** Name of its one container. */
const name = 'probe';

export function sandboxConfig(spec: PodSpec): PodSandboxConfig {
  return requested(spec).sandbox;
}

export function containerConfig(spec: PodSpec): ContainerConfig {
  return requested(spec).container;
}

interface Requested {
  sandbox: PodSandboxConfig;
  container: ContainerConfig;
}

/** What a kubelet would send for the pod, without what suites leave out. */
function requested(spec: PodSpec): Requested {
  const { uid, handler, image, hugepages = [], userNamespace, devices = [], cdiDevices = [] } = spec;
  const hugePageSizes = hugepages.map(({ pageSize }) => pageSize);
  const node = { ...defaultNode, version: newestKubelet, memory: 1024 ** 3, hugePageSizes };
  const { sandbox, containers } = kubeletRequest(node, podOf(spec), {
    ...{ uid, handler, ...(userNamespace === undefined ? {} : { userNamespace }) },
    containers: new Map([[name, { image: { reference: image }, allocation: { devices, cdiDevices } }]]),
  });
  const container = containers[0]?.config;
  if (container === undefined) throw new Error(`Cannot ask for the pod ${spec.name}: its translation has no container`);
  leaveOut(spec, { sandbox, container });
  return { sandbox, container };
}

/**
 * Takes out what a node would have to hold for a pod, and no suite asks about: files, logs, resolver, shares of CPU and memory. Of
 * users, profiles and masks only what the specification says is sent, so that what an engine does of its own accord is seen.
 */
function leaveOut(spec: PodSpec, { sandbox, container }: Requested): void {
  const { linux: pod } = sandbox;
  const { linux: own } = container;
  sandbox.logDirectory = '';
  container.logPath = '';
  container.mounts = container.mounts.filter(({ containerPath }) => containerPath !== '/etc/hosts');
  delete sandbox.dnsConfig;
  delete pod?.resources;
  delete pod?.overhead;
  delete pod?.securityContext?.seccomp;
  delete own?.securityContext?.seccomp;
  if (spec.runAsUser === undefined) delete own?.securityContext?.runAsUser;
  if (pod !== undefined) pod.cgroupParent = spec.cgroupParent ?? '';
  if (pod?.securityContext !== undefined) pod.securityContext.privileged = spec.sandboxPrivileged ?? false;
  if (own?.securityContext?.privileged === true) Object.assign(own.securityContext, { maskedPaths: [], readonlyPaths: [] });
  if (own?.resources !== undefined)
    Object.assign(own.resources, { cpuShares: 0n, cpuPeriod: 0n, cpuQuota: 0n, oomScoreAdj: 0n, unified: {} });
}

/** The pod of a manifest that asks for the same. */
function podOf(spec: PodSpec): Pod {
  const { namespace, uid, image, command = [], mounts = [], hugepages = [], userNamespace } = spec;
  const pages = hugepages.map(({ pageSize, limit }) => [`hugepages-${pageSize.replace(/B$/, 'i')}`, limit]);
  const { privileged, runAsUser, runAsGroup, addCapabilities, appArmor } = spec;
  const profile = appArmor === undefined ? {} : { appArmorProfile: { type: appArmor } };
  return Pod.parse({
    metadata: { name: spec.name, namespace, labels: { [uidLabel]: uid }, annotations: spec.sandboxAnnotations },
    spec: {
      hostNetwork: spec.hostNetwork,
      hostUsers: userNamespace === undefined ? undefined : false,
      securityContext: { supplementalGroups: spec.supplementalGroups },
      volumes: mounts.map(({ hostPath }, at) => ({ name: `volume-${at}`, hostPath: { path: hostPath } })),
      containers: [
        {
          ...{ name, image, command, terminationMessagePath: '' },
          resources: { limits: Object.fromEntries(pages) },
          securityContext: { privileged, runAsUser, runAsGroup, capabilities: { add: addCapabilities }, ...profile },
          volumeMounts: mounts.map(({ containerPath, readonly }, at) => ({
            ...{ name: `volume-${at}`, mountPath: containerPath, readOnly: readonly },
          })),
        },
      ],
    },
  });
}
