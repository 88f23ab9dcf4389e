import { create } from '@bufbuild/protobuf';
import { posix } from 'node:path';
import type { Container, Pod, PodSpec, SecurityContext } from '../../manifest/pod.ts';
import {
  type LinuxContainerSecurityContext,
  LinuxContainerSecurityContextSchema,
  type LinuxSandboxSecurityContext,
  LinuxSandboxSecurityContextSchema,
  NamespaceMode,
  NamespaceOptionSchema,
  type NamespaceOption,
  SecurityProfile_ProfileType as ProfileType,
  SupplementalGroupsPolicy,
} from '../gen/cri_pb.js';
import { apparmorProfile } from './apparmor.ts';
import { kubeletHas } from './facts.ts';
import { maskedPaths, readonlyPaths } from './masks.ts';
import type { KubeletNode } from './node.ts';
import type { AskedContainer, Placement } from './placement.ts';

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, generatePodSandboxLinuxConfig. */
export function sandboxSecurity(node: KubeletNode, { spec }: Pod, placement: Placement): LinuxSandboxSecurityContext {
  const context = spec.securityContext ?? {};
  const containers = [...spec.containers, ...spec.initContainers];
  return create(LinuxSandboxSecurityContextSchema, {
    privileged: containers.some(({ securityContext }) => securityContext?.privileged === true),
    seccomp: { profileType: ProfileType.RuntimeDefault },
    ...ids(context),
    namespaceOptions: namespaces(node, spec, placement),
    ...groups(node, spec),
    ...(context.seLinuxOptions === undefined ? {} : { selinuxOptions: selinux(context.seLinuxOptions) }),
  });
}

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/security_context.go, determineEffectiveSecurityContext. */
export function containerSecurity(asked: AskedContainer): LinuxContainerSecurityContext {
  const { node, pod, container, placement } = asked;
  const { image } = asked.own;
  const { spec } = pod;
  const context = effective(spec, container);
  const unmasked = context.procMount === 'Unmasked' && kubeletHas(node, 'unmasked-proc');
  return create(LinuxContainerSecurityContextSchema, {
    ...(context.capabilities === undefined
      ? {}
      : { capabilities: { addCapabilities: context.capabilities.add, dropCapabilities: context.capabilities.drop } }),
    ...(context.seLinuxOptions === undefined ? {} : { selinuxOptions: selinux(context.seLinuxOptions) }),
    privileged: context.privileged ?? false,
    readonlyRootfs: context.readOnlyRootFilesystem ?? false,
    ...ids(context),
    // Without an id of the pod's own, the kubelet sends that of the image, and root where it has none.
    ...(context.runAsUser !== undefined
      ? {}
      : typeof image.user === 'string'
        ? { runAsUsername: image.user }
        : { runAsUser: { value: BigInt(image.user ?? 0) } }),
    seccomp: seccomp(node, container.securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile),
    ...apparmorProfile(node, pod, container),
    namespaceOptions: namespaces(node, spec, placement),
    ...groups(node, spec),
    noNewPrivs: context.allowPrivilegeEscalation === false,
    maskedPaths: unmasked ? [] : maskedPaths(node),
    readonlyPaths: unmasked ? [] : [...readonlyPaths],
  });
}

/** The container's own words, and the pod's where it has none (Kubernetes v1.37.2 pkg/securitycontext/util.go). */
export function effective({ securityContext: pod = {} }: PodSpec, { securityContext: own = {} }: Container): SecurityContext {
  return {
    ...own,
    runAsUser: own.runAsUser ?? pod.runAsUser,
    runAsGroup: own.runAsGroup ?? pod.runAsGroup,
    runAsNonRoot: own.runAsNonRoot ?? pod.runAsNonRoot,
    seLinuxOptions: own.seLinuxOptions ?? pod.seLinuxOptions,
  };
}

function ids({ runAsUser, runAsGroup }: { runAsUser?: number | undefined; runAsGroup?: number | undefined }) {
  return {
    ...(runAsUser === undefined ? {} : { runAsUser: { value: BigInt(runAsUser) } }),
    ...(runAsGroup === undefined ? {} : { runAsGroup: { value: BigInt(runAsGroup) } }),
  };
}

function groups(node: KubeletNode, { securityContext = {} }: PodSpec) {
  const { fsGroup, supplementalGroups = [], supplementalGroupsPolicy } = securityContext;
  return {
    supplementalGroups: [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups].map(BigInt),
    ...(supplementalGroupsPolicy === 'Strict' && kubeletHas(node, 'groups-policy')
      ? { supplementalGroupsPolicy: SupplementalGroupsPolicy.Strict }
      : {}),
  };
}

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/util/util.go, and pkg/kubelet/userns/userns_manager.go. */
function namespaces(node: KubeletNode, spec: PodSpec, { userNamespace }: Placement): NamespaceOption {
  const own = spec.hostUsers === false && userNamespace !== undefined;
  const mapping = own ? [{ hostId: userNamespace.hostId, containerId: 0, length: userNamespace.length }] : [];
  return create(NamespaceOptionSchema, {
    network: spec.hostNetwork === true ? NamespaceMode.NODE : NamespaceMode.POD,
    pid:
      spec.hostPID === true
        ? NamespaceMode.NODE
        : spec.shareProcessNamespace === true
          ? NamespaceMode.POD
          : NamespaceMode.CONTAINER,
    ipc: spec.hostIPC === true ? NamespaceMode.NODE : NamespaceMode.POD,
    ...(kubeletHas(node, 'user-namespaces')
      ? { usernsOptions: own ? { mode: NamespaceMode.POD, uids: mapping, gids: mapping } : { mode: NamespaceMode.NODE } }
      : {}),
  });
}

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/helpers.go, fieldSeccompProfile: below the kubelet's own directory. */
function seccomp(node: KubeletNode, profile: SecurityContext['seccompProfile']) {
  const type = profile?.type ?? (node.seccompDefault ? 'RuntimeDefault' : 'Unconfined');
  if (type !== 'Localhost') return { profileType: ProfileType[type] };
  return {
    profileType: ProfileType.Localhost,
    localhostRef: posix.join(node.rootDirectory, 'seccomp', profile?.localhostProfile ?? ''),
  };
}

function selinux({ user = '', role = '', type = '', level = '' }: NonNullable<SecurityContext['seLinuxOptions']>) {
  return { user, role, type, level };
}
