import type { CriRequest } from '../model/cri-request.ts';
import { NamespaceMode, type ContainerConfig, type PodSandboxConfig } from './gen/cri_pb.js';

/** What an engine was asked for, whoever asked, as an observation records it: the first layer of each device. `imageUser` is USER of the image, where that is known. */
export function requestFacts(asked: {
  handler: string;
  sandbox?: PodSandboxConfig | undefined;
  container?: ContainerConfig | undefined;
  imageUser?: number | string | undefined;
}): CriRequest {
  const { handler, sandbox, container, imageUser = '' } = asked;
  const security = container?.linux?.securityContext;
  const { runAsUser, runAsGroup, namespaceOptions } = security ?? {};
  return {
    handler,
    privileged: security?.privileged ?? false,
    sandboxPrivileged: sandbox?.linux?.securityContext?.privileged ?? false,
    ...(runAsUser === undefined ? {} : { runAsUser: Number(runAsUser.value) }),
    ...(runAsGroup === undefined ? {} : { runAsGroup: Number(runAsGroup.value) }),
    supplementalGroups: (security?.supplementalGroups ?? []).map(Number),
    imageUser: String(imageUser),
    devices: (container?.devices ?? []).map(({ hostPath, containerPath, permissions }) => ({
      hostPath,
      containerPath,
      permissions,
    })),
    cdiDevices: (container?.CDIDevices ?? []).map(({ name }) => name),
    annotations: { ...sandbox?.annotations, ...container?.annotations },
    hostNetwork: namespaceOptions?.network === NamespaceMode.NODE,
    userNamespace: namespaceOptions?.usernsOptions?.mode === NamespaceMode.POD,
    maskedPaths: [...(security?.maskedPaths ?? [])],
    readonlyPaths: [...(security?.readonlyPaths ?? [])],
  };
}
