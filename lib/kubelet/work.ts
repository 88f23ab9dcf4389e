import type { CriRequest } from '../model/cri-request.ts';
import type { KubeletWork, RecordedRequest } from '../model/kubelet-record.ts';
import { NamespaceMode } from '../cri/gen/cri_pb.js';
import { allocations, type Offers } from './allocations.ts';
import { requestDifferences, staticPod } from './differences.ts';
import { containerRequest, containerRequests, sandboxRequest } from './requests.ts';

/** The kubelet itself: its version, its checksum and its node. */
export type KubeletIdentity = Pick<KubeletWork, 'version' | 'sha256' | 'node'>;

/** What a kubelet made of a manifest, held against podproof's own translation of it. */
export function kubeletWork(
  kubelet: KubeletIdentity,
  manifest: string,
  offers: Offers,
  requests: readonly RecordedRequest[],
): KubeletWork {
  const { version, sha256, node } = kubelet;
  const asked = new Map(containerRequests(requests).map(({ config }) => [config?.metadata?.name ?? '', config?.devices ?? []]));
  const pod = { manifest, allocations: allocations(staticPod(manifest, node), offers, asked), requests: [...requests] };
  const differences = sandboxRequest(requests) === undefined ? [] : requestDifferences(node, pod);
  return { version, sha256, node, pod, differences };
}

/** What an engine was asked for the container of this name, and for its sandbox. `handler` is the engine's default. */
export function criRequestOf(requests: readonly RecordedRequest[], container: string, handler: string): CriRequest {
  const sandbox = sandboxRequest(requests)?.config;
  const config = containerRequest(requests, container)?.config;
  const security = config?.linux?.securityContext;
  const { runAsUser, runAsGroup, namespaceOptions } = security ?? {};
  return {
    handler,
    privileged: security?.privileged ?? false,
    sandboxPrivileged: sandbox?.linux?.securityContext?.privileged ?? false,
    ...(runAsUser === undefined ? {} : { runAsUser: Number(runAsUser.value) }),
    ...(runAsGroup === undefined ? {} : { runAsGroup: Number(runAsGroup.value) }),
    supplementalGroups: (security?.supplementalGroups ?? []).map(Number),
    imageUser: '',
    devices: (config?.devices ?? []).map(({ hostPath, containerPath, permissions }) => ({
      hostPath,
      containerPath,
      permissions,
    })),
    cdiDevices: (config?.CDIDevices ?? []).map(({ name }) => name),
    annotations: { ...sandbox?.annotations, ...config?.annotations },
    hostNetwork: namespaceOptions?.network === NamespaceMode.NODE,
    userNamespace: namespaceOptions?.usernsOptions?.mode === NamespaceMode.POD,
    maskedPaths: [...(security?.maskedPaths ?? [])],
    readonlyPaths: [...(security?.readonlyPaths ?? [])],
  };
}
