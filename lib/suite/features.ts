/**
 * Which engine version can do what, and by which configuration key. Read by the configuration writers, by requirements
 * and by rules, so that no version comparison stands anywhere else. `since` is the first version, `until` the first without.
 */
export interface FeatureRow {
  feature: string;
  engine: 'containerd' | 'crio';
  /** Configuration key, relative to the CRI plugin's or [crio.runtime] table. */
  key?: string;
  since: string;
  until?: string;
  citation: string;
}

export const features = [
  {
    feature: 'device-ownership',
    engine: 'containerd',
    key: 'device_ownership_from_security_context',
    since: '1.6.0',
    citation: 'containerd commit e0f8c04da',
  },
  {
    feature: 'device-ownership',
    engine: 'crio',
    key: 'device_ownership_from_security_context',
    since: '1.22.0',
    citation: 'cri-o v1.22.0 pkg/config/config.go',
  },
  {
    feature: 'withheld-host-devices',
    engine: 'containerd',
    key: 'privileged_without_host_devices',
    since: '1.3.0',
    citation: 'containerd v1.3.0 pkg/config/config.go',
  },
  {
    feature: 'withheld-host-devices',
    engine: 'crio',
    key: 'privileged_without_host_devices',
    since: '1.16.0',
    citation: 'Kata docs/how-to/privileged.md',
  },
  {
    feature: 'all-devices-allowed',
    engine: 'containerd',
    key: 'privileged_without_host_devices_all_devices_allowed',
    since: '1.7.0',
    citation: 'containerd v1.7.0 pkg/cri/config/config.go',
  },
  {
    feature: 'cri-device-when-privileged',
    engine: 'containerd',
    since: '1.5.6',
    citation: 'containerd v1.5.6 pkg/cri/server/container_create_linux.go: config.Devices first, then the host devices',
  },
  {
    feature: 'cri-device-when-privileged',
    engine: 'crio',
    since: '1.17.0',
    citation: 'cri-o v1.36.3 internal/factory/container/device_linux.go',
  },
  {
    feature: 'cri-device-when-withheld',
    engine: 'containerd',
    since: '1.4.0',
    citation: 'containerd v1.4.0 pkg/server/container_create_unix.go',
  },
  {
    feature: 'cri-device-when-withheld',
    engine: 'crio',
    since: '1.17.0',
    citation: 'cri-o v1.36.3 internal/factory/container/device_linux.go',
  },
  { feature: 'host-file-mode', engine: 'containerd', since: '1.5.0', citation: 'containerd v1.5.0 oci/utils_unix.go' },
  {
    feature: 'cdi',
    engine: 'containerd',
    key: 'enable_cdi',
    since: '1.7.0',
    citation: 'containerd v1.7.0 pkg/cri/config/config.go',
  },
  { feature: 'cdi', engine: 'crio', since: '1.28.0', citation: 'cri-o v1.28.0: the CRI field CDI_devices is honoured' },
  {
    feature: 'cdi-off-refuses',
    engine: 'containerd',
    since: '2.3.0-beta.0',
    citation: 'containerd v2.3.0 internal/cri/server/container_create_linux.go: explicitly disabled; v2.2.7 has no such line',
  },
  {
    feature: 'user-namespaces',
    engine: 'containerd',
    since: '2.0.0',
    citation: 'containerd docs/user-namespaces/README.md: 1.7 is experimental',
  },
  { feature: 'user-namespaces', engine: 'crio', since: '1.25.0', citation: 'cri-o v1.25.0 server/sandbox_run_linux.go' },
  {
    feature: 'private-netns-directory',
    engine: 'containerd',
    key: 'netns_mounts_under_state_dir',
    since: '1.5.0',
    citation: 'containerd v1.5.0 pkg/cri/config/config.go',
  },
  { feature: 'registry-config-path', engine: 'containerd', since: '1.5.0', citation: 'containerd v1.5.0 docs/hosts.md' },
  {
    feature: 'nri-plugin',
    engine: 'containerd',
    since: '1.7.0',
    citation: 'containerd v1.7.0: io.containerd.nri.v1.nri; enabled by default from 2.0',
  },
  {
    feature: 'runtime-path',
    engine: 'containerd',
    key: 'runtime_path',
    since: '1.6.0',
    citation: 'containerd v1.6.0 pkg/cri/config/config.go',
  },
  { feature: 'schema-3', engine: 'containerd', since: '2.0.0', citation: 'containerd v2.3.4 RELEASES.md, Daemon Configuration' },
  { feature: 'cri-v1', engine: 'containerd', since: '1.6.0', citation: 'containerd v1.6.0 pkg/cri: v1 and v1alpha2' },
  { feature: 'cri-v1', engine: 'crio', since: '1.20.0', citation: 'cri-o v1.20.0 server: v1 and v1alpha2' },
] as const satisfies readonly FeatureRow[];

export type FeatureName = (typeof features)[number]['feature'];
