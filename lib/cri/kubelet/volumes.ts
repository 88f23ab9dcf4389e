import { posix } from 'node:path';
import { allContainers, type Pod, type Volume } from '../../manifest/pod.ts';
import type { KubeletNode } from './node.ts';
import { podDirectory } from './names.ts';
import type { Placement } from './placement.ts';

/** Names of the kubelet's volume plugins, as they are in paths of the node. */
const plugins: Readonly<Record<string, string>> = {
  emptyDir: 'empty-dir',
  configMap: 'configmap',
  secret: 'secret',
  downwardAPI: 'downward-api',
  projected: 'projected',
  gitRepo: 'git-repo',
};

/** Which source a volume has: the one key beside its name. An empty volume is an emptyDir (Kubernetes pkg/apis/core/v1/defaults.go). */
export function sourceOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name' && volume[key] !== undefined) ?? 'emptyDir';
}

/** Where a volume is on the node. What only a cluster has, as a claim, takes the place of a CSI volume. */
export function volumePath(node: KubeletNode, volume: Volume, placement: Placement): string {
  if (volume.hostPath !== undefined) return volume.hostPath.path;
  const source = sourceOf(volume);
  const plugin = plugins[source] ?? 'csi';
  const path = posix.join(podDirectory(node, placement), 'volumes', `kubernetes.io~${plugin}`, volume.name);
  return plugin === 'csi' ? posix.join(path, 'mount') : path;
}

/**
 * The link to a raw block volume that the kubelet hands to the engine (Kubernetes v1.37.2 pkg/volume/csi/csi_block.go,
 * GetPodDeviceMapPath). It bears the name of the persistent volume; a manifest knows none, so that of the pod's volume stands for it.
 */
export function blockVolumePath(node: KubeletNode, volume: Volume, placement: Placement): string {
  return posix.join(podDirectory(node, placement), 'volumeDevices', 'kubernetes.io~csi', volume.name);
}

/** Something that the kubelet makes, or looks at, on the node before it calls the engine. */
export type NodeObject =
  | { what: 'directory'; path: string; mode: number; group?: number }
  | { what: 'tmpfs'; path: string; mode: number; group?: number; size?: string }
  | { what: 'hugetlbfs'; path: string; mode: number; group?: number; pageSize: string }
  | { what: 'file'; path: string; mode: number; text: string }
  | { what: 'link'; path: string; target: string }
  /** A bind mount of what a volume has at `target`, which is made where there is nothing, and may not lead out of the volume. */
  | { what: 'bind'; path: string; target: string; volume: string }
  | { what: 'hostPath'; path: string; type: HostPathType };

type HostPathType = NonNullable<Volume['hostPath']>['type'];

/**
 * What the volumes of a pod need on the node. With an fsGroup, what is made belongs to the group, with its rights and the set-group-ID bit
 * (Kubernetes v1.37.2 pkg/volume/emptydir/empty_dir.go and pkg/volume/volume_linux.go); a path of the node never does.
 */
export function volumeObjects(node: KubeletNode, { spec }: Pod, placement: Placement): NodeObject[] {
  const group = spec.securityContext?.fsGroup;
  const owned = { mode: group === undefined ? 0o777 : 0o2777, ...(group === undefined ? {} : { group }) };
  const blocks = new Set(allContainers(spec).flatMap((each) => each.volumeDevices.map(({ name }) => name)));
  return spec.volumes.map((volume): NodeObject => {
    if (blocks.has(volume.name)) {
      const target = placement.blockVolumes?.get(volume.name);
      if (target === undefined) throw new Error(`Cannot place the volume "${volume.name}": no device stands for it`);
      return { what: 'link', path: blockVolumePath(node, volume, placement), target };
    }
    const path = volumePath(node, volume, placement);
    if (volume.hostPath !== undefined) return { what: 'hostPath', path, type: volume.hostPath.type };
    const { medium = '', sizeLimit } = volume.emptyDir ?? {};
    if (medium === 'Memory') return { what: 'tmpfs', path, ...owned, ...(sizeLimit === undefined ? {} : { size: sizeLimit }) };
    const pageSize = pageSizeOf(medium, spec);
    // A hugetlbfs is mounted over the directory, with the mode of its own root.
    if (pageSize !== undefined)
      return { what: 'hugetlbfs', path, ...owned, mode: group === undefined ? 0o755 : 0o2775, pageSize };
    return { what: 'directory', path, ...owned };
  });
}

/** The page size of a medium: of its own (`HugePages-2Mi`), or the one that the pod's containers ask for (`HugePages`). */
function pageSizeOf(medium: string, { containers, initContainers, resources }: Pod['spec']): string | undefined {
  if (!medium.startsWith('HugePages')) return undefined;
  if (medium !== 'HugePages') return medium.slice('HugePages-'.length);
  const names = [resources, ...[...containers, ...initContainers].map((each) => each.resources)].flatMap((each) =>
    Object.keys({ ...each.limits, ...each.requests }),
  );
  return names.find((name) => name.startsWith('hugepages-'))?.slice('hugepages-'.length);
}
