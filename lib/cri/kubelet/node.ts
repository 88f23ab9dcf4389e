import type { CgroupDriver } from '../../model/cgroup-driver.ts';
import type { KubeletFeature } from './facts.ts';

/** What a kubelet's requests depend on beside the pod: its version and configuration, and the machine. */
export interface KubeletNode {
  /** Of the kubelet: `1.37.2`. */
  version: string;
  /** Features that its configuration opens or closes against the default of its version. */
  gates?: Readonly<Partial<Record<KubeletFeature, boolean>>>;
  name: string;
  cgroupDriver: CgroupDriver;
  cgroupVersion: 1 | 2;
  /** Whether cgroups can limit swap here, so that the kubelet forbids it. */
  swapController: boolean;
  /** Memory of the machine in bytes. */
  memory: number;
  /** Sizes of huge pages as the kernel offers them, in the order of /sys/kernel/mm/hugepages: `['1GB', '2MB']`. */
  hugePageSizes: readonly string[];
  /** `--root-dir`: /var/lib/kubelet. */
  rootDirectory: string;
  /** `podLogsDir`: /var/log/pods. */
  logDirectory: string;
  /** `seccompDefault`: whether a pod that says nothing gets RuntimeDefault. */
  seccompDefault: boolean;
  /** The resolver of the node, and of the cluster where there is one. */
  dns: Dns & { cluster?: { servers: readonly string[]; domain: string } };
  /** Directories `/sys/devices/system/cpu/cpuN/thermal_throttle` that there are: newer kubelets mask them. */
  thermalThrottle: readonly string[];
}

export interface Dns {
  servers: readonly string[];
  searches: readonly string[];
  options: readonly string[];
}

/** A node as kubeadm makes it, without a cluster's resolver. */
export const defaultNode: Omit<KubeletNode, 'version' | 'memory'> = {
  name: 'node',
  cgroupDriver: 'systemd',
  cgroupVersion: 2,
  swapController: true,
  hugePageSizes: ['1GB', '2MB'],
  rootDirectory: '/var/lib/kubelet',
  logDirectory: '/var/log/pods',
  seccompDefault: false,
  dns: { servers: [], searches: [], options: [] },
  thermalThrottle: [],
};
