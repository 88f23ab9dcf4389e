import type { DeviceNode } from '../model/device-node.ts';
import type { GuestReport } from '../model/guest-report.ts';
import type { HostReport } from '../model/host-report.ts';
import type { KubeletWork } from '../model/kubelet-record.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { Evidence } from '../suite/evidence.ts';
import type { PlannedIdentity } from '../judge/canary.ts';

const disk = '/dev/podproof-block';

export const fixtures: Fixtures = {
  char: '/dev/podproof/char',
  block: '/dev/vdb',
  blockPlain: '/dev/vdc',
  directory: '/dev/podproof/nodes',
  vfioGroup: '/dev/vfio/7',
  vfioControl: '/dev/vfio/vfio',
  vfioAddress: '0000:00:08.0',
  hugepages: '/run/podproof/hugepages',
  missing: '/dev/podproof/missing',
  cdiDirectory: '/run/podproof/cdi',
};

export const cell: CellFacts = {
  id: 'debian-13/containerd-1.7.24/runc-1.1.15',
  host: 'debian-13',
  engine: { name: 'containerd', version: '1.7.24' },
  runtime: { name: 'runc', version: '1.1.15' },
  fixtures,
};

export const kataCell: CellFacts = {
  ...cell,
  id: 'debian-13/containerd-1.7.24/kata-3.30.0-go-qemu',
  runtime: { name: 'kata', version: '3.30.0', shim: 'go', vmm: 'qemu' },
};

export const planned: PlannedIdentity = { engineSha256: 'e'.repeat(64), runtimeSha256: 'r'.repeat(64) };

const flag = 'device_ownership_from_security_context';

export const lease: LeaseRecord = {
  schema: 1,
  lease: 'debian-13/containerd-1.7.24/ownership,cdi',
  host: 'debian-13',
  cells: [cell.id],
  engine: {
    name: 'containerd',
    reportedName: 'containerd',
    reportedVersion: '1.7.24~ds1',
    sha256: planned.engineSha256,
    options: { deviceOwnership: true, cdi: true, cgroupDriver: 'systemd' },
    planned: { [flag]: true },
    effective: { [flag]: true },
    ignored: [],
    configFile: '',
  },
  startMs: 0,
  readyMs: 8_000,
};

/** Of a process of user 1000 and group 2000 without capabilities. */
export const credentials = {
  uids: [1000, 1000, 1000, 1000],
  gids: [2000, 2000, 2000, 2000],
  groups: [2000],
  capEff: '0000000000000000',
  capPrm: '0000000000000000',
  capBnd: '00000000a80425fb',
  capInh: '0000000000000000',
  capAmb: '0000000000000000',
  noNewPrivs: 0,
  seccomp: 0,
};

/** A process of the sandbox that runs as root, to be changed. */
export const vmm: HostReport['processes'][number] = {
  ...credentials,
  uids: [0, 0, 0, 0],
  gids: [0, 0, 0, 0],
  groups: [],
  pid: 4711,
  start: 99,
  comm: 'qemu-system-x86',
  exe: '/opt/podproof/kata/bin/qemu-system-x86_64',
  argv: ['qemu-system-x86_64'],
  role: 'vmm',
};

const node = (path: string, uid: number, gid: number): DeviceNode => ({
  path,
  type: 'b',
  major: 254,
  minor: 16,
  uid,
  gid,
  mode: '0640',
});

const guest: GuestReport = {
  id: 'uid=1000 gid=2000 groups=2000',
  credentials,
  kernel: '6.12.117+deb13-amd64',
  bootId: 'boot-of-the-host',
  cmdline: '',
  dev: [node(disk, 1000, 2000)],
  opens: [{ path: disk, access: 'read', error: null }],
  partitions: [],
  block: [],
  net: [],
  pci: [],
  mounts: [],
  cgroup: 'v2',
  canaries: [],
  writable: [],
  processes: 2,
};

const host: HostReport = {
  kernel: guest.kernel,
  bootId: guest.bootId,
  dev: [node(fixtures.block, 1234, 4321)],
  processes: [],
  users: [],
  runUser: [],
  mounts: [],
  netns: [],
  loops: [],
};

/** Of a kubelet that asked for a pod as podproof does. */
export const kubeletWork: KubeletWork = {
  version: '1.37.2',
  sha256: 'k'.repeat(64),
  node: {
    ...{ version: '1.37.2', gates: [], name: 'node', cgroupDriver: 'systemd', cgroupVersion: 2, swapController: true },
    ...{ memory: 2 ** 31, hugePageSizes: ['2MB'], rootDirectory: '/root', logDirectory: '/logs', seccompDefault: false },
    ...{ dns: { servers: [], searches: [], options: [] }, thermalThrottle: [] },
  },
  pod: { manifest: '{}', allocations: [], requests: [{ call: 'RunPodSandbox', request: {} }] },
  differences: [],
};

/** The observation of a pod that ran, with nothing left out. */
export type Sample = Observation & {
  [part in 'identity' | 'spec' | 'guest' | 'host']: NonNullable<Observation[part]>;
};

/** A pod of user 1000 and group 2000 with a disk, under containerd and runc, as all documents have it. */
export const observation: Sample = {
  schema: 1,
  cell: cell.id,
  lease: lease.lease,
  suite: 'ownership',
  scenario: 'user-and-group',
  startMs: 10_000,
  endMs: 15_000,
  outcome: { kind: 'ran' },
  request: {
    handler: 'runc-1-1-15',
    privileged: false,
    sandboxPrivileged: false,
    runAsUser: 1000,
    runAsGroup: 2000,
    supplementalGroups: [],
    imageUser: '',
    devices: [{ hostPath: fixtures.block, containerPath: disk, permissions: 'rwm' }],
    cdiDevices: [],
    annotations: {},
    hostNetwork: true,
    userNamespace: false,
    maskedPaths: ['/proc/acpi', '/proc/kcore'],
    readonlyPaths: ['/proc/bus'],
  },
  identity: {
    engineName: 'containerd',
    engineVersion: '1.7.24~ds1',
    runtimePath: '/opt/podproof/runc-1.1.15-7a38acac/usr/bin/runc',
    runtimeSha256: planned.runtimeSha256,
    stateOf: 'runc',
  },
  spec: {
    linux: {
      devices: [{ path: disk, type: 'b', major: 254, minor: 16, fileMode: 0o640, uid: 1000, gid: 2000 }],
      maskedPaths: [],
      readonlyPaths: [],
      uidMappings: [],
    },
    annotations: {},
  },
  guest,
  host,
  calls: [{ call: 'RunPodSandbox', startMs: 10_000, durationMs: 2_000 }],
  engineLog: '',
};

/** The sample's evidence after `change` to a copy of its observation. */
export function evidence(change: (observation: Sample) => void = () => undefined): Evidence & { observation: Sample } {
  const copy = structuredClone(observation);
  change(copy);
  return { cell, lease, observation: copy };
}

/** A copy of `value` in which every write throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
