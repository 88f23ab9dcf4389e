import { rangeOf, type FeatureRow } from '../../model/feature.ts';
import { inRange } from '../../model/version.ts';

const features = 'Kubernetes pkg/features/kube_features.go';
const masks = 'Kubernetes pkg/securitycontext/util.go, defaultMaskedPaths';

/** What a kubelet does by default, gates as they come, since when. */
const rows = [
  { feature: 'plugin-cdi', since: '1.29.0', citation: `${features}: DevicePluginCDIDevices` },
  { feature: 'sidecars', since: '1.29.0', citation: `${features}: SidecarContainers` },
  { feature: 'apparmor-field', since: '1.30.0', citation: 'Kubernetes pkg/kubelet/kuberuntime/helpers.go, getAppArmorProfile' },
  { feature: 'recursive-read-only', since: '1.31.0', citation: `${features}: RecursiveReadOnlyMounts` },
  { feature: 'user-namespaces', since: '1.33.0', citation: `${features}: UserNamespacesSupport` },
  { feature: 'unmasked-proc', since: '1.33.0', citation: `${features}: ProcMountType` },
  { feature: 'groups-policy', since: '1.33.0', citation: `${features}: SupplementalGroupsPolicy` },
  { feature: 'no-quota-on-exclusive-cpus', since: '1.33.0', citation: `${features}: DisableCPUQuotaWithExclusiveCPUs` },
  { feature: 'pod-level-resources', since: '1.34.0', citation: `${features}: PodLevelResources` },
  { feature: 'hostname-override', since: '1.35.0', citation: `${features}: HostnameOverride` },
  { feature: 'memory-qos', since: '1.37.0', citation: `${features}: MemoryQoS` },
  { feature: 'mask-powercap', since: '1.31.0', citation: masks },
  { feature: 'mask-powercap', since: '1.30.3', until: '1.31.0', citation: `${masks}, backported` },
  { feature: 'mask-powercap', since: '1.29.7', until: '1.30.0', citation: `${masks}, backported` },
  { feature: 'mask-powercap', since: '1.28.12', until: '1.29.0', citation: `${masks}, backported` },
  { feature: 'mask-interrupts', since: '1.34.0', citation: masks },
  { feature: 'mask-interrupts', since: '1.33.5', until: '1.34.0', citation: `${masks}, backported` },
  { feature: 'mask-interrupts', since: '1.32.9', until: '1.33.0', citation: `${masks}, backported` },
  { feature: 'mask-interrupts', since: '1.31.13', until: '1.32.0', citation: `${masks}, backported` },
] as const satisfies readonly FeatureRow[];

/** The newest kubelet whose requests are known. */
export const newestKubelet = '1.37.2';

export type KubeletFeature = (typeof rows)[number]['feature'];

/** Whether a kubelet does it: by default in its version, or as its configuration opens or closes the gate. */
export function kubeletHas(
  { version, gates = {} }: { version: string; gates?: Readonly<Partial<Record<KubeletFeature, boolean>>> },
  feature: KubeletFeature,
): boolean {
  const byDefault = rows.some((row) => row.feature === feature && inRange(version, rangeOf(row)));
  return gates[feature] ?? byDefault;
}
