import { create } from '@bufbuild/protobuf';
import { posix } from 'node:path';
import type { Container, VolumeMount } from '../../manifest/pod.ts';
import { type Device, DeviceSchema, type Mount, MountPropagation, MountSchema } from '../gen/cri_pb.js';
import { expand } from './environment.ts';
import { kubeletHas } from './facts.ts';
import { podDirectory } from './names.ts';
import type { KubeletNode } from './node.ts';
import type { AskedContainer, Placement } from './placement.ts';
import { blockVolumePath, type NodeObject, volumePath } from './volumes.ts';

/** Where the kubelet keeps a pod's /etc/hosts. */
export function hostsPath(node: KubeletNode, placement: Placement): string {
  return posix.join(podDirectory(node, placement), 'etc-hosts');
}

/** Where a container leaves its last words; the kubelet draws the name at random. */
export function terminationLogPath(node: KubeletNode, { name }: Container, placement: Placement): string {
  return posix.join(podDirectory(node, placement), 'containers', name, placement.uid.replaceAll('-', '').slice(0, 8));
}

/**
 * The mounts of a container, in the kubelet's order: those of device plugins, its volumes, /etc/hosts, the termination log (Kubernetes
 * v1.37.2 pkg/kubelet/kubelet_pods.go, makeMounts, and pkg/kubelet/kuberuntime/kuberuntime_container.go, makeMounts).
 */
export function mounts(asked: AskedContainer, environment: ReadonlyMap<string, string>): Mount[] {
  const { node, pod, container, placement } = asked;
  const { allocation } = asked.own;
  const { spec } = pod;
  const own = container.volumeMounts;
  const ids = spec.hostUsers === false && kubeletHas(node, 'user-namespaces') ? placement.userNamespace : undefined;
  const mapping = ids === undefined ? [] : [{ hostId: ids.hostId, containerId: 0, length: ids.length }];
  const all = [
    ...(allocation?.mounts ?? []).map(({ readOnly = false, ...mount }) => ({ ...mount, readonly: readOnly })),
    ...own.map((_, at) => volumeMount(asked, at, environment)),
    ...(own.some(({ mountPath }) => mountPath === '/etc/hosts')
      ? []
      : [{ containerPath: '/etc/hosts', hostPath: hostsPath(node, placement) }]),
    ...(container.terminationMessagePath === ''
      ? []
      : [{ containerPath: container.terminationMessagePath, hostPath: terminationLogPath(node, container, placement) }]),
  ];
  return all.map((mount) => create(MountSchema, { ...mount, uidMappings: mapping, gidMappings: mapping }));
}

function volumeMount({ node, pod, container, placement }: AskedContainer, at: number, environment: ReadonlyMap<string, string>) {
  const mount = container.volumeMounts[at];
  const volume = pod.spec.volumes.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume === undefined)
    throw new Error(`Cannot mount the volume "${mount?.name ?? at}": the pod has none of this name`);
  return {
    containerPath: posix.isAbsolute(mount.mountPath) ? mount.mountPath : `/${mount.mountPath}`,
    hostPath:
      below(mount, environment) === ''
        ? volumePath(node, volume, placement)
        : posix.join(podDirectory(node, placement), 'volume-subpaths', volume.name, container.name, String(at)),
    readonly: mount.readOnly === true || volume.persistentVolumeClaim?.readOnly === true,
    propagation: propagations[mount.mountPropagation ?? 'None'],
    recursiveReadOnly: mount.recursiveReadOnly === 'Enabled' && kubeletHas(node, 'recursive-read-only'),
  };
}

/** What of its volume a mount shows: a path below it, or nothing for all. */
function below({ subPath = '', subPathExpr }: VolumeMount, environment: ReadonlyMap<string, string>): string {
  return subPathExpr === undefined ? subPath : expand(subPathExpr, environment);
}

/**
 * A part of a volume is bound at a path of its own first, so that nobody can change the way to it any more (Kubernetes v1.37.2
 * pkg/volume/util/subpath/subpath_linux.go, doBindSubPath).
 */
export function subPathObjects(asked: AskedContainer, environment: ReadonlyMap<string, string>): NodeObject[] {
  const { node, pod, container, placement } = asked;
  return container.volumeMounts.flatMap((mount, at): NodeObject[] => {
    const part = below(mount, environment);
    const volume = pod.spec.volumes.find(({ name }) => name === mount.name);
    if (part === '' || volume === undefined) return [];
    const { hostPath } = volumeMount(asked, at, environment);
    const whole = volumePath(node, volume, placement);
    return [{ what: 'bind', path: hostPath, target: posix.join(whole, part), volume: whole }];
  });
}

const propagations = {
  None: MountPropagation.PROPAGATION_PRIVATE,
  HostToContainer: MountPropagation.PROPAGATION_HOST_TO_CONTAINER,
  Bidirectional: MountPropagation.PROPAGATION_BIDIRECTIONAL,
};

/** Devices of plugins, then raw block volumes (Kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go, makeBlockVolumes). */
export function devices({ node, pod, container, placement, own }: AskedContainer): Device[] {
  const blocks = container.volumeDevices.map(({ name, devicePath }) => {
    const volume = pod.spec.volumes.find((each) => each.name === name);
    if (volume === undefined) throw new Error(`Cannot give the volume "${name}" as a device: the pod has none of this name`);
    return {
      hostPath: blockVolumePath(node, volume, placement),
      containerPath: devicePath,
      permissions: volume.persistentVolumeClaim?.readOnly === true ? 'r' : 'mrw',
    };
  });
  return [...(own.allocation?.devices ?? []), ...blocks].map((device) => create(DeviceSchema, device));
}
