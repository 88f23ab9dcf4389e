const downloads = 'https://storage.googleapis.com/cri-o/artifacts/';
const oldDownloads = 'https://storage.googleapis.com/k8s-conform-cri-o/artifacts/';
const deviceSource = 'cri-o v1.36.3 internal/factory/container/device_linux.go';
const deviceOrder = 'cri-o commit 64a94f231f: devices are injected after the user is known';

/** CRI-O 1.18 on. */
export const crio = {
  program: 'crio',
  ownName: 'CRI-O',
  reportedName: 'cri-o',
  hostImage: 'kata',
  startsShims: false,
  // The nine of v1.36.3 vendor/go.podman.io/common/pkg/config DefaultCapabilities.
  defaultCapabilities: 0x5fbn,
  defaultProfile: 'crio-default',
  processes: [{ role: 'other', program: /^(crio-)?conmon/ }],
  settings: { file: '/etc/crio/crio.conf.d/…', table: 'crio.runtime', handlers: 'crio.runtime.runtimes' },
  features: [
    {
      feature: 'device-ownership',
      key: 'device_ownership_from_security_context',
      since: '1.22.0',
      citation: 'cri-o v1.22.0 pkg/config/config.go',
    },
    {
      feature: 'withheld-host-devices',
      key: 'privileged_without_host_devices',
      since: '1.16.0',
      citation: 'Kata docs/how-to/privileged.md',
    },
    { feature: 'cri-device-when-privileged', since: '1.17.0', citation: deviceSource },
    { feature: 'cri-device-when-withheld', since: '1.17.0', citation: deviceSource },
    { feature: 'cdi', since: '1.28.0', citation: 'cri-o v1.28.0: the CRI field CDI_devices is honoured' },
    { feature: 'cdi-process-owner', since: '1.31.11', until: '1.32.0', citation: deviceOrder },
    { feature: 'cdi-process-owner', since: '1.32.7', until: '1.33.0', citation: deviceOrder },
    { feature: 'cdi-process-owner', since: '1.33.3', until: '1.34.0', citation: deviceOrder },
    { feature: 'cdi-process-owner', since: '1.34.0', citation: deviceOrder },
    { feature: 'user-namespaces', since: '1.25.0', citation: 'cri-o v1.25.0 server/sandbox_run_linux.go' },
    { feature: 'directory-devices', since: '1.20.0', citation: 'cri-o v1.20.0 server/utils.go' },
    { feature: 'cri-v1', since: '1.20.0', citation: 'cri-o v1.20.0 server: v1 and v1alpha2' },
  ],
  releases: [
    { versions: '>=1.18.0 <1.19.3', url: `${oldDownloads}crio-v{version}.tar.gz` },
    { versions: '>=1.19.3 <1.20.0', url: `${oldDownloads}cri-o.{arch}.v{version}.tar.gz` },
    { versions: '>=1.20.0 <1.20.3', url: `${oldDownloads}crio-v{version}.tar.gz` },
    { versions: '>=1.20.3 <1.22.0', url: `${oldDownloads}cri-o.{arch}.v{version}.tar.gz` },
    { versions: '>=1.22.0 <1.23.1', url: `${downloads}cri-o.{arch}.v{version}.tar.gz` },
    { versions: '>=1.23.1', url: `${downloads}cri-o.{arch}.v{version}.tar.gz`, sums: '{url}.sha256sum' },
  ],
  hostLimits: [],
} as const;

/**
 * Keys of ours that not every CRI-O since 1.20 knows, with the versions that do; a range for each line of backports.
 * Read at every release tag of cri-o pkg/config/config.go and internal/config/nri/nri.go. A key that a version does not
 * know is ignored without a word, so that one which is planned all the same could never be proven effective.
 */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  clean_shutdown_file: ['>=1.19.4 <1.20.0', '>=1.20.5'],
  internal_wipe: ['>=1.20.4 <1.21.0', '>=1.21.1'],
  device_ownership_from_security_context: ['>=1.22.0'],
  runtime_config_path: ['>=1.22.0'],
  cdi_spec_dirs: ['>=1.24.0'],
  enable_nri: ['>=1.26.0'],
  irqbalance_config_restore_file: ['>=1.27.0'],
  signature_policy_dir: ['>=1.27.1'],
  disable_hostport_mapping: ['>=1.28.0'],
  namespaced_auth_dir: ['>=1.34.3'],
};

/**
 * Runtimes that it cannot run, and why. gVisor: seen with CRI-O 1.36.3 and that of June 2026: CRI-O reads two pipes whose other ends the sandbox holds, long after
 * `runsc start` has ended. Sources: gVisor runsc/container/container.go startImpl; CRI-O internal/oci/runtime_oci.go runtimeCmd.
 */
export const cannotRun: Readonly<Record<string, string>> = {
  runsc:
    'gVisor hands the standard streams of “runsc start” to the container, and CRI-O waits until they end, so that StartContainer never answers',
};
