/**
 * Which version of an engine or runtime can do what, and by which configuration key. Read by the configuration writers, by requirements
 * and by rules, so that no version comparison stands anywhere else. `since` is the first version, `until` the first without.
 */
export interface FeatureRow {
  feature: string;
  of: 'containerd' | 'crio' | 'runc' | 'crun';
  /** Configuration key, relative to the CRI plugin's or [crio.runtime] table. */
  key?: string;
  since: string;
  until?: string;
  citation: string;
}

export const features = [
  {
    feature: 'device-ownership',
    of: 'containerd',
    key: 'device_ownership_from_security_context',
    since: '1.6.0',
    citation: 'containerd commit e0f8c04da',
  },
  {
    feature: 'device-ownership',
    of: 'crio',
    key: 'device_ownership_from_security_context',
    since: '1.22.0',
    citation: 'cri-o v1.22.0 pkg/config/config.go',
  },
  {
    feature: 'withheld-host-devices',
    of: 'containerd',
    key: 'privileged_without_host_devices',
    since: '1.3.0',
    citation: 'containerd v1.3.0 pkg/config/config.go',
  },
  {
    feature: 'withheld-host-devices',
    of: 'crio',
    key: 'privileged_without_host_devices',
    since: '1.16.0',
    citation: 'Kata docs/how-to/privileged.md',
  },
  {
    feature: 'all-devices-allowed',
    of: 'containerd',
    key: 'privileged_without_host_devices_all_devices_allowed',
    since: '1.7.0',
    citation: 'containerd v1.7.0 pkg/cri/config/config.go',
  },
  {
    feature: 'cri-device-when-privileged',
    of: 'containerd',
    since: '1.5.6',
    citation: 'containerd v1.5.6 pkg/cri/server/container_create_linux.go: config.Devices first, then the host devices',
  },
  {
    feature: 'cri-device-when-privileged',
    of: 'crio',
    since: '1.17.0',
    citation: 'cri-o v1.36.3 internal/factory/container/device_linux.go',
  },
  {
    feature: 'cri-device-when-withheld',
    of: 'containerd',
    since: '1.4.0',
    citation: 'containerd v1.4.0 pkg/server/container_create_unix.go',
  },
  {
    feature: 'cri-device-when-withheld',
    of: 'crio',
    since: '1.17.0',
    citation: 'cri-o v1.36.3 internal/factory/container/device_linux.go',
  },
  { feature: 'host-file-mode', of: 'containerd', since: '1.5.0', citation: 'containerd v1.5.0 oci/utils_unix.go' },
  {
    feature: 'cdi',
    of: 'containerd',
    key: 'enable_cdi',
    since: '1.7.0',
    citation: 'containerd v1.7.0 pkg/cri/config/config.go',
  },
  { feature: 'cdi', of: 'crio', since: '1.28.0', citation: 'cri-o v1.28.0: the CRI field CDI_devices is honoured' },
  {
    feature: 'cdi-off-refuses',
    of: 'containerd',
    since: '2.3.0-beta.0',
    citation: 'containerd v2.3.0 internal/cri/server/container_create_linux.go: explicitly disabled; v2.2.7 has no such line',
  },
  {
    feature: 'user-namespaces',
    of: 'containerd',
    since: '2.0.0',
    citation: 'containerd docs/user-namespaces/README.md: 1.7 is experimental',
  },
  {
    feature: 'idmap-mounts',
    of: 'runc',
    since: '1.2.0',
    citation: 'runc v1.2.0 features.go: mountExtensions.idmap; containerd 2.0 on refuses a user namespace without it',
  },
  { feature: 'idmap-mounts', of: 'crun', since: '1.9', citation: 'crun 1.9 src/features.c: mountExtensions.idmap' },
  {
    feature: 'idmap-required',
    of: 'containerd',
    since: '2.0.0',
    citation: 'containerd v2.0.0 core/runtime/v2/task_manager.go validateRuntimeFeatures: idmap mounts not supported',
  },
  {
    feature: 'cdi-process-owner',
    of: 'containerd',
    since: '1.7.0',
    citation: 'tags.cncf.io/container-device-interface v0.5.4 pkg/cdi/container-edits.go',
  },
  {
    feature: 'cdi-process-owner',
    of: 'crio',
    since: '1.31.11',
    until: '1.32.0',
    citation: 'cri-o commit 64a94f231f: devices are injected after the user is known',
  },
  {
    feature: 'cdi-process-owner',
    of: 'crio',
    since: '1.32.7',
    until: '1.33.0',
    citation: 'cri-o commit 64a94f231f: devices are injected after the user is known',
  },
  {
    feature: 'cdi-process-owner',
    of: 'crio',
    since: '1.33.3',
    until: '1.34.0',
    citation: 'cri-o commit 64a94f231f: devices are injected after the user is known',
  },
  {
    feature: 'cdi-process-owner',
    of: 'crio',
    since: '1.34.0',
    citation: 'cri-o commit 64a94f231f: devices are injected after the user is known',
  },
  { feature: 'user-namespaces', of: 'crio', since: '1.25.0', citation: 'cri-o v1.25.0 server/sandbox_run_linux.go' },
  {
    feature: 'private-netns-directory',
    of: 'containerd',
    key: 'netns_mounts_under_state_dir',
    since: '1.5.0',
    citation: 'containerd v1.5.0 pkg/cri/config/config.go',
  },
  { feature: 'registry-config-path', of: 'containerd', since: '1.5.0', citation: 'containerd v1.5.0 docs/hosts.md' },
  {
    feature: 'nri-plugin',
    of: 'containerd',
    since: '1.7.0',
    citation: 'containerd v1.7.0: io.containerd.nri.v1.nri; enabled by default from 2.0',
  },
  {
    feature: 'runtime-path',
    of: 'containerd',
    key: 'runtime_path',
    since: '1.6.0',
    citation: 'containerd v1.6.0 pkg/cri/config/config.go',
  },
  {
    feature: 'missing-hugetlb-controller',
    of: 'containerd',
    key: 'tolerate_missing_hugetlb_controller',
    since: '1.4.0',
    citation: 'containerd v1.4.0 vendor/github.com/containerd/cri/pkg/config/config.go',
  },
  {
    feature: 'cni-bin-dirs',
    of: 'containerd',
    key: 'cni.bin_dirs',
    since: '2.1.0',
    citation: 'containerd v2.1.0 internal/cri/config/config.go: a list; bin_dir is deprecated',
  },
  {
    feature: 'told-runtime-options',
    of: 'containerd',
    since: '1.5.0',
    citation:
      "containerd v1.4.13 vendor/github.com/containerd/cri/pkg/config/config.go: a runtime's options are a toml.Primitive, which neither the Status nor `config dump` can print",
  },
  {
    feature: 'directory-devices',
    of: 'containerd',
    since: '1.5.0',
    citation: 'containerd v1.5.0 oci/utils_unix.go getDevices; before, a directory is "not a device node"',
  },
  { feature: 'directory-devices', of: 'crio', since: '1.20.0', citation: 'cri-o v1.20.0 server/utils.go' },
  { feature: 'schema-3', of: 'containerd', since: '2.0.0', citation: 'containerd v2.3.4 RELEASES.md, Daemon Configuration' },
  { feature: 'schema-4', of: 'containerd', since: '2.3.0', citation: 'containerd v2.3.4 RELEASES.md, Daemon Configuration' },
  {
    feature: 'unknown-keys-logged',
    of: 'containerd',
    since: '2.0.0',
    citation: 'containerd v2.0.0 cmd/containerd/server/config/config.go: "Ignoring unknown key in TOML for plugin"',
  },
  { feature: 'cri-v1', of: 'containerd', since: '1.6.0', citation: 'containerd v1.6.0 pkg/cri: v1 and v1alpha2' },
  { feature: 'cri-v1', of: 'crio', since: '1.20.0', citation: 'cri-o v1.20.0 server: v1 and v1alpha2' },
] as const satisfies readonly FeatureRow[];

export type FeatureName = (typeof features)[number]['feature'];
