const downloads = 'https://github.com/opencontainers/runc/releases/download/v{version}/';

export const runc = {
  program: 'runc',
  ownName: 'runc',
  secondsPerPod: 3,
  processes: [{ role: 'other', program: /^runc$/ }],
  // libcontainer/factory_linux.go
  state: { inside: 'state.json' },
  features: [
    {
      feature: 'copies-itself',
      since: '1.1.15',
      until: '1.2.0',
      citation:
        'runc v1.1.15 CHANGELOG.md: a copy in all cases, where older versions bind the file; v1.2.0 libcontainer/dmz/overlayfs_linux.go',
    },
    {
      feature: 'idmap-mounts',
      since: '1.2.0',
      citation: 'runc v1.2.0 features.go: mountExtensions.idmap; containerd 2.0 on refuses a user namespace without it',
    },
  ],
  releases: [{ versions: '>=1.0.0', url: `${downloads}runc.{arch}`, sums: `${downloads}runc.sha256sum`, programs: ['runc'] }],
  hostLimits: [],
} as const;
