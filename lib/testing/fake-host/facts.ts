import type { HostFacts } from '../../model/host-facts.ts';

/** What a host without a machine says of itself. */
export const fakeHostFacts: HostFacts = {
  kernel: '6.12.0',
  bootId: 'fake-boot',
  os: 'a host without a machine',
  architecture: 'x86_64',
  cpus: 2,
  memoryMiB: 2048,
  accelerator: 'none',
  acceleratorReason: 'nothing is executed',
  cgroup: 'v2',
  lsm: [],
  kvm: { present: false, owner: '', mode: '', group: '' },
  vhostVsock: false,
  vhostNet: false,
  iommuGroups: 0,
  hugepages2MiB: 0,
  userNamespaces: false,
  glibc: 'none',
  ownKernel: true,
  disposable: true,
};

/** Its fixtures: of what takes a machine it has none. */
export const fakeFixtures = {
  ...{ char: '/dev/podproof/char', block: '/dev/vdb', blockPlain: '/dev/vdc', directory: '/dev/podproof/nodes' },
  ...{ vfioGroup: '', vfioControl: '', vfioAddress: '', hugepages: '' },
};

/** What it prints when they are prepared. */
export const preparedFixtures = Object.entries(fakeFixtures)
  .map(([name, value]) => `${name}=${value}\n`)
  .join('');
