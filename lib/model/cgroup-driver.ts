/** Who makes the control groups of pods. */
export const cgroupDrivers = ['systemd', 'cgroupfs'] as const;
export type CgroupDriver = (typeof cgroupDrivers)[number];

/** The driver that a record names; records from before there was a choice name none, and used cgroupfs. */
export function recordedDriver(name: unknown): CgroupDriver {
  return name === 'systemd' ? 'systemd' : 'cgroupfs';
}

/** How much a pod is guaranteed, as the kubelet sorts its control groups. */
export type PodClass = 'guaranteed' | 'burstable' | 'besteffort';

/**
 * The control group of a pod, as the kubelet names it to the CRI: `/kubepods/besteffort/podUID`, or
 * `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podUID.slice` with `_` for each `-` of the uid
 * (Kubernetes v1.37.2 pkg/kubelet/cm/pod_container_manager_linux.go GetPodContainerName, cgroup_manager_linux.go ToSystemd).
 */
export function podCgroup(driver: CgroupDriver, podClass: PodClass, uid: string): string {
  const parts = ['kubepods', ...(podClass === 'guaranteed' ? [] : [podClass]), `pod${uid}`];
  if (driver === 'cgroupfs') return `/${parts.join('/')}`;
  const escaped = parts.map((part) => part.replaceAll('-', '_'));
  return escaped.map((_, at) => `/${escaped.slice(0, at + 1).join('-')}.slice`).join('');
}
