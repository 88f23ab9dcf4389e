export const crun = {
  program: 'crun',
  ownName: 'crun',
  secondsPerPod: 3,
  processes: [{ role: 'other', program: /^crun$/ }],
  // src/libcrun/status.c
  state: { inside: 'status' },
  features: [{ feature: 'idmap-mounts', since: '1.9', citation: 'crun 1.9 src/features.c: mountExtensions.idmap' }],
  releases: [
    {
      versions: '>=1.0',
      url: 'https://github.com/containers/crun/releases/download/{version}/crun-{version}-linux-{arch}',
      programs: ['crun'],
    },
  ],
  hostLimits: [],
} as const;
