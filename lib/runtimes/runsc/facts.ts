const downloads = 'https://storage.googleapis.com/gvisor/releases/release/';

export const runsc = {
  program: 'runsc',
  ownName: 'gVisor',
  secondsPerPod: 9,
  // CAP_NET_RAW, unless it runs with --net-raw.
  withheldCapabilities: 1n << 13n,
  guest: { kernel: 'a kernel of gVisor', process: 'sentry', memoryMiB: 0, modules: [] },
  processes: [
    // Its own name for the process that is the container's kernel (gVisor runsc/sandbox/sandbox.go).
    { role: 'sentry', calledItself: 'runsc-sandbox' },
    { role: 'other', program: /^runsc/ },
  ],
  // CONTAINER_sandbox:SANDBOX.state (runsc/container/state_file.go)
  state: { beside: '_sandbox:' },
  features: [],
  // Until June 2026 two programs, since then one archive with what they need beside them (g3doc/user_guide/install.md).
  releases: [
    {
      versions: '<20260701',
      url: `${downloads}{version}/{machine}/{program}`,
      sums: '{url}.sha512',
      programs: ['runsc', 'containerd-shim-runsc-v1'],
    },
    { versions: '>=20260701', url: `${downloads}{version}/{machine}/gvisor.tar.bz2`, sums: '{url}.sha512' },
  ],
  hostLimits: [
    {
      versions: '<20240807.0',
      kernels: '>=6.11',
      why: 'takes every network namespace of Linux 6.11 and later for the root one and refuses, "cannot run with network enabled in root network namespace" (https://github.com/google/gvisor/issues/10704)',
    },
  ],
} as const;
