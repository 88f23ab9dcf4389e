const downloads = 'https://github.com/containernetworking/plugins/releases/download/v{version}/';

/** The CNI plugins that make pod networks. */
export const cni = {
  /** Older ones do not read our configuration (vendor/github.com/containernetworking/cni/pkg/version of v0.7.6 and v0.8.0). */
  oldest: '0.8.0',
  features: [],
  // scripts/release.sh, since 1.9 .github/workflows/release.yaml.
  releases: [{ versions: '>=0.8.0', url: `${downloads}cni-plugins-linux-{arch}-v{version}.tgz`, sums: '{url}.sha256' }],
  hostLimits: [],
} as const;
