const downloads = 'https://github.com/containerd/containerd/releases/download/v{version}/';

/** containerd 1.3 on. */
export const containerd = {
  program: 'containerd',
  ownName: 'containerd',
  reportedName: 'containerd',
  hostImage: 'plain',
  startsShims: true,
  // The 14 of containerd v1.7.24 oci/spec.go defaultUnixCaps.
  defaultCapabilities: 0xa80425fbn,
  defaultProfile: 'cri-containerd.apparmor.d',
  processes: [{ role: 'shim', program: /^containerd-shim/ }],
  settings: {
    file: '/etc/containerd/config.toml; from 2.0 on the table is io.containerd.cri.v1.runtime',
    table: 'plugins."io.containerd.grpc.v1.cri"',
    handlers: 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes',
  },
  untold: { unless: 'told-runtime-options', keys: /^containerd\.runtimes\.[^.]+\.options\./ },
  features: [
    {
      feature: 'device-ownership',
      key: 'device_ownership_from_security_context',
      since: '1.6.0',
      citation: 'containerd commit e0f8c04da',
    },
    {
      feature: 'withheld-host-devices',
      key: 'privileged_without_host_devices',
      since: '1.3.0',
      citation: 'containerd v1.3.0 pkg/config/config.go',
    },
    {
      feature: 'all-devices-allowed',
      key: 'privileged_without_host_devices_all_devices_allowed',
      since: '1.7.0',
      citation: 'containerd v1.7.0 pkg/cri/config/config.go',
    },
    {
      feature: 'cri-device-when-privileged',
      since: '1.5.6',
      citation: 'containerd v1.5.6 pkg/cri/server/container_create_linux.go: config.Devices first, then the host devices',
    },
    { feature: 'cri-device-when-withheld', since: '1.4.0', citation: 'containerd v1.4.0 pkg/server/container_create_unix.go' },
    { feature: 'host-file-mode', since: '1.5.0', citation: 'containerd v1.5.0 oci/utils_unix.go' },
    { feature: 'cdi', since: '1.7.0', citation: 'containerd v1.7.0 pkg/cri/config/config.go' },
    {
      feature: 'cdi-switch',
      key: 'enable_cdi',
      since: '1.7.0',
      until: '2.4.0',
      citation: 'containerd v2.4.0 RELEASES.md: enable_cdi is removed, "CDI support will always be enabled"; 2.4.0-beta.0 has it',
    },
    {
      feature: 'cdi-off-refuses',
      since: '2.3.0-beta.0',
      until: '2.4.0',
      citation: 'containerd v2.3.0 internal/cri/server/container_create_linux.go: explicitly disabled; v2.2.7 has no such line',
    },
    { feature: 'user-namespaces', since: '2.0.0', citation: 'containerd docs/user-namespaces/README.md: 1.7 is experimental' },
    {
      feature: 'idmap-required',
      since: '2.0.0',
      citation: 'containerd v2.0.0 core/runtime/v2/task_manager.go validateRuntimeFeatures: idmap mounts not supported',
    },
    {
      feature: 'cdi-process-owner',
      since: '1.7.0',
      citation: 'tags.cncf.io/container-device-interface v0.5.4 pkg/cdi/container-edits.go',
    },
    {
      feature: 'private-netns-directory',
      key: 'netns_mounts_under_state_dir',
      since: '1.5.0',
      citation: 'containerd v1.5.0 pkg/cri/config/config.go',
    },
    {
      feature: 'devmapper-snapshotter',
      key: 'containerd.snapshotter',
      since: '1.3.0',
      citation: 'containerd v1.3.0 snapshots/devmapper',
    },
    {
      feature: 'blockfile-snapshotter',
      key: 'containerd.snapshotter',
      since: '1.7.4',
      citation: 'containerd v1.7.4 snapshots/blockfile; v1.7.3 has none',
    },
    {
      feature: 'erofs-snapshotter',
      key: 'containerd.snapshotter',
      since: '2.1.0',
      citation: 'containerd v2.1.0 plugins/snapshots/erofs',
    },
    {
      feature: 'transfer-pull',
      since: '2.1.0',
      citation:
        'containerd v2.1.0 internal/cri/server/images/image_pull.go: pulls by the transfer service, which unpacks as its unpack_config says',
    },
    { feature: 'registry-config-path', since: '1.5.0', citation: 'containerd v1.5.0 docs/hosts.md' },
    {
      feature: 'nri-plugin',
      since: '1.7.0',
      citation: 'containerd v1.7.0: io.containerd.nri.v1.nri; enabled by default from 2.0',
    },
    // 1.6.0 to 1.6.20 and 1.7.0 take the key, report it, and look for the shim on the PATH (1.6.20: seen).
    {
      feature: 'runtime-path',
      key: 'runtime_path',
      since: '1.6.21',
      until: '1.7.0',
      citation: 'containerd v1.6.21 container.go NewTask: request.RuntimePath',
    },
    {
      feature: 'runtime-path',
      key: 'runtime_path',
      since: '1.7.1',
      citation: 'containerd v1.7.1 container.go NewTask: request.RuntimePath',
    },
    {
      feature: 'missing-hugetlb-controller',
      key: 'tolerate_missing_hugetlb_controller',
      since: '1.4.0',
      citation: 'containerd v1.4.0 vendor/github.com/containerd/cri/pkg/config/config.go',
    },
    {
      feature: 'cni-bin-dirs',
      key: 'cni.bin_dirs',
      since: '2.1.0',
      citation: 'containerd v2.1.0 internal/cri/config/config.go: a list; bin_dir is deprecated',
    },
    {
      feature: 'told-runtime-options',
      since: '1.5.0',
      citation:
        "containerd v1.4.13 vendor/github.com/containerd/cri/pkg/config/config.go: a runtime's options are a toml.Primitive, which neither the Status nor `config dump` can print",
    },
    {
      feature: 'directory-devices',
      since: '1.5.0',
      citation: 'containerd v1.5.0 oci/utils_unix.go getDevices; before, a directory is "not a device node"',
    },
    { feature: 'schema-3', since: '2.0.0', citation: 'containerd v2.3.4 RELEASES.md, Daemon Configuration' },
    { feature: 'schema-4', since: '2.3.0', citation: 'containerd v2.3.4 RELEASES.md, Daemon Configuration' },
    {
      feature: 'unknown-keys-logged',
      since: '2.0.0',
      citation: 'containerd v2.0.0 cmd/containerd/server/config/config.go: "Ignoring unknown key in TOML for plugin"',
    },
    { feature: 'cri-v1', since: '1.6.0', citation: 'containerd v1.6.0 pkg/cri: v1 and v1alpha2' },
  ],
  // Static builds are taken where there are any: they run on every libc.
  releases: [
    { versions: '>=1.3.0 <1.3.5', url: `${downloads}containerd-{version}.linux-{arch}.tar.gz`, sums: '{url}.sha256sum' },
    { versions: '>=1.3.5 <1.7.0-alpha', url: `${downloads}containerd-{version}-linux-{arch}.tar.gz`, sums: '{url}.sha256sum' },
    { versions: '>=1.7.0-alpha', url: `${downloads}containerd-static-{version}-linux-{arch}.tar.gz`, sums: '{url}.sha256sum' },
  ],
  hostLimits: [
    {
      versions: '<1.4.0',
      cgroup: 'v2',
      why: 'makes no container on control groups of version 2, which it knows since 1.4.0: its shim ends, "ttrpc: closed" (containerd v1.4.0 release notes)',
    },
  ],
} as const;
