import type { Container, Pod } from '../../manifest/pod.ts';
import type { KubeletNode } from './node.ts';

/** What is decided for one run of a pod on one node: its identity, and what plugins, images and the CPU manager give its containers. */
export interface Placement {
  uid: string;
  /** Runtime handler that the pod's runtimeClassName stands for; empty for the engine's default. */
  handler: string;
  /** Where the ids of a pod with `hostUsers: false` begin on the node, and how many they are. */
  userNamespace?: { hostId: number; length: number };
  /** Addresses of the pod, once its sandbox has them. */
  addresses?: readonly string[];
  /** By container name. */
  containers: ReadonlyMap<string, ContainerPlacement>;
  /** By the name of a volume that is a raw block device: the node that it is. */
  blockVolumes?: ReadonlyMap<string, string>;
}

export interface ContainerPlacement {
  image: {
    /** What the engine knows it by. */
    reference: string;
    /** USER of the image: an id, a name, or nothing, which is root. */
    user?: number | string;
  };
  /** What device plugins answered (Kubernetes kubelet/pkg/apis/deviceplugin/v1beta1, ContainerAllocateResponse). */
  allocation?: Allocation;
  /** CDI devices of resource claims, qualified: `vendor.com/class=name`. */
  claimedDevices?: readonly string[];
  /** CPUs of its own, of the static CPU manager: `2-4`. */
  cpus?: string;
  memoryNodes?: string;
}

/** One container of a pod on a node: what each part of its request is made of. */
export interface AskedContainer {
  node: KubeletNode;
  pod: Pod;
  container: Container;
  placement: Placement;
  /** What is decided for the container itself. */
  own: ContainerPlacement;
}

/** Everything that the plugins of a container's resources ask for it. */
export interface Allocation {
  devices?: readonly { hostPath: string; containerPath: string; permissions: string }[];
  mounts?: readonly { hostPath: string; containerPath: string; readOnly?: boolean }[];
  env?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  cdiDevices?: readonly string[];
}
