import type { Verdict } from '../../model/document.ts';
import type { DeviceNode } from '../../model/device-node.ts';
import type { LeaseRecord } from '../../model/lease-record.ts';
import type { Observation } from '../../model/observation.ts';

const node = (
  path: string,
  type: 'c' | 'b',
  major: number,
  minor: number,
  owner: [number, number],
  mode: string,
): DeviceNode => ({
  path,
  type,
  major,
  minor,
  uid: owner[0],
  gid: owner[1],
  mode,
});

const defaults: DeviceNode[] = [
  node('/dev/full', 'c', 1, 7, [0, 0], '0666'),
  node('/dev/null', 'c', 1, 3, [0, 0], '0666'),
  node('/dev/random', 'c', 1, 8, [0, 0], '0666'),
  node('/dev/tty', 'c', 5, 0, [0, 5], '0666'),
  node('/dev/urandom', 'c', 1, 9, [0, 0], '0666'),
  node('/dev/zero', 'c', 1, 5, [0, 0], '0666'),
  { path: '/dev/core', type: 'l', uid: 0, gid: 0, mode: '0777', target: '/proc/kcore' },
];

const credentials = {
  uids: [1000, 1000, 1000, 1000],
  gids: [2000, 2000, 2000, 2000],
  groups: [2000, 3000],
  capEff: '0000000000000000',
  capPrm: '0000000000000000',
  capBnd: '00000000a80425fb',
  capInh: '0000000000000000',
  capAmb: '0000000000000000',
  noNewPrivs: 0,
  seccomp: 2,
};

/** What a scenario of the sample observed: a pod with one character device of our own. */
export function sampleObservation(verdict: Verdict): Observation {
  const refused = /^refused at (\w+): (.*)$/.exec(verdict.observed);
  const kata = verdict.cell.includes('kata');
  const mode = verdict.observed.includes('0666') ? '0666' : '0640';
  return {
    schema: 1,
    cell: verdict.cell,
    lease: 'lease-1',
    suite: verdict.suite,
    scenario: verdict.scenario,
    startMs: 74_000,
    endMs: 83_600,
    outcome: refused ? { kind: 'refused', call: refused[1] ?? '', code: 'Unknown', message: refused[2] ?? '' } : { kind: 'ran' },
    request: {
      handler: kata ? 'kata' : 'runc',
      privileged: verdict.scenario.startsWith('privileged'),
      sandboxPrivileged: verdict.scenario.startsWith('privileged'),
      runAsUser: 1000,
      runAsGroup: 2000,
      supplementalGroups: [3000],
      imageUser: '',
      devices: [{ hostPath: '/dev/podproof/char', containerPath: '/dev/xchar', permissions: 'rwm' }],
      cdiDevices: [],
      annotations: {},
      hostNetwork: !kata,
      userNamespace: false,
      maskedPaths: ['/proc/acpi', '/proc/asound', '/proc/kcore'],
      readonlyPaths: ['/proc/bus'],
    },
    identity: {
      engineName: verdict.cell.includes('crio') ? 'cri-o' : 'containerd',
      engineVersion: verdict.cell.includes('crio') ? '1.36.3' : '1.7.24',
      runtimePath: '/run/podproof/runc-1.1.15/usr/sbin/runc',
      runtimeSha256: '3f2a9c01'.repeat(8),
      stateOf: kata ? null : 'runc',
    },
    spec: {
      process: { user: { uid: 1000, gid: 2000, additionalGids: [3000] }, noNewPrivileges: false },
      linux: {
        devices: [
          {
            path: '/dev/xchar',
            type: 'c',
            major: 10,
            minor: 229,
            uid: 1000,
            gid: 2000,
            ...(mode === '0666' ? {} : { fileMode: 0o640 }),
          },
        ],
        maskedPaths: ['/proc/acpi', '/proc/kcore'],
        readonlyPaths: ['/proc/bus'],
        uidMappings: [],
      },
      annotations: { 'io.kubernetes.cri.container-type': 'container' },
    },
    ...(refused
      ? {}
      : {
          guest: {
            id: 'uid=1000 gid=2000 groups=2000,3000',
            credentials,
            kernel: kata ? '6.12.47' : '6.12.117+deb13-amd64',
            bootId: '5b0c4a0e-6f0f-4a3a-9a55-2f6f0d2f9a11',
            cmdline: 'BOOT_IMAGE=/vmlinuz root=/dev/vda rw console=ttyS0 intel_iommu=on iommu=pt',
            dev: [...defaults, node('/dev/xchar', 'c', 10, 229, [1000, 2000], mode)],
            opens: [
              { path: '/dev/xchar', access: 'read' as const, error: null },
              { path: '/dev/xchar', access: 'write' as const, error: 'EACCES' },
            ],
            partitions: [],
            block: [],
            net: ['lo', 'eth0'],
            pci: [],
            mounts: [{ target: '/', fstype: 'overlay', options: 'rw,relatime' }],
            cgroup: 'v2' as const,
            canaries: [],
            writable: [],
            processes: 2,
          },
        }),
    host: {
      kernel: '6.12.117+deb13-amd64',
      bootId: '5b0c4a0e-6f0f-4a3a-9a55-2f6f0d2f9a11',
      dev: [node('/dev/podproof/char', 'c', 10, 229, [1234, 4321], '0640'), ...defaults],
      processes: kata
        ? [
            {
              ...credentials,
              uids: [0, 0, 0, 0],
              pid: 4120,
              start: 81_220,
              comm: 'containerd-shim',
              exe: '/opt/kata/bin/containerd-shim-kata-v2',
              argv: ['containerd-shim-kata-v2', '-id', 'c3f0'],
              role: 'shim' as const,
            },
            {
              ...credentials,
              uids: [1000, 1000, 1000, 1000],
              gids: [1000, 1000, 1000, 1000],
              groups: [993],
              pid: 4141,
              start: 81_260,
              comm: 'qemu-system-x86',
              exe: '/opt/kata/bin/qemu-system-x86_64',
              argv: ['qemu-system-x86_64', '-name', 'sandbox-c3f0'],
              role: 'vmm' as const,
            },
          ]
        : [],
      users: kata ? [{ name: 'kata-72651', uid: 1000, gid: 1000, comment: '"Kata Containers temporary hypervisor user"' }] : [],
      runUser: [],
      mounts: [],
      netns: [],
      loops: [],
    },
    leftovers: { runtime: kata ? ['/run/user/1000'] : [], ours: [] },
    calls: [
      { call: 'RunPodSandbox', startMs: 74_010, durationMs: kata ? 34_120 : 2410 },
      { call: 'CreateContainer', startMs: 76_500, durationMs: 1180 },
      {
        call: 'StartContainer',
        startMs: 77_700,
        durationMs: 2690,
        ...(refused ? { error: { code: 'Unknown', message: refused[2] ?? '' } } : {}),
      },
      { call: 'ExecSync', startMs: 80_500, durationMs: 710 },
      { call: 'StopPodSandbox', startMs: 81_300, durationMs: 1420 },
      { call: 'RemovePodSandbox', startMs: 82_800, durationMs: 390 },
    ],
    engineLog:
      'time="2026-11-20T14:13:21.004Z" level=info msg="RunPodSandbox for &PodSandboxMetadata{Name:podproof-ownership,Uid:1,Namespace:podproof}"\n' +
      'time="2026-11-20T14:13:23.410Z" level=info msg="CreateContainer within sandbox \\"c3f0\\" for container &ContainerMetadata{Name:probe}"\n' +
      (refused
        ? `time="2026-11-20T14:13:26.102Z" level=error msg="StartContainer failed" error=${JSON.stringify(refused[2])}\n`
        : ''),
    replay: {
      sandbox: { metadata: { name: 'podproof-ownership', uid: '1f0c', namespace: 'podproof' }, linux: { cgroup_parent: '' } },
      container: { metadata: { name: 'probe' }, devices: [{ host_path: '/dev/podproof/char', container_path: '/dev/xchar' }] },
      probe: ['open:r:/dev/xchar', 'open:w:/dev/xchar'],
      nodes: [],
      twin: false,
      killVmm: false,
    },
  };
}

/** The lease that the sample's observations name. */
export function sampleLease(): LeaseRecord {
  const directory = '/var/lib/podproof/containerd-1.7.24';
  return {
    schema: 1,
    lease: 'lease-1',
    host: 'debian-13',
    cells: ['debian-13/containerd-1.7.24/runc-1.1.15'],
    engine: {
      name: 'containerd',
      reportedName: 'containerd',
      reportedVersion: '1.7.24~ds1',
      sha256: '9d41ab07'.repeat(8),
      options: { deviceOwnership: true, cdi: true },
      planned: { device_ownership_from_security_context: true, enable_cdi: true },
      effective: { device_ownership_from_security_context: true, enable_cdi: false },
      ignored: [],
      configFile: 'version = 2\n',
      instance: {
        files: { [`${directory}/config.toml`]: 'version = 2\n' },
        argv: ['/opt/podproof/containerd-1.7.24/usr/bin/containerd', '--config', `${directory}/config.toml`],
        env: { PATH: '/usr/bin:/bin' },
        socket: `${directory}/state/c.sock`,
        bridge: 'pp-containerd',
        shimMark: `${directory}/state/c.sock`,
        directory,
        images: ['localhost:5000/podproof/pause:1', 'localhost:5000/podproof/probe:1'],
        binaries: { '/opt/podproof/containerd-1.7.24/usr/bin/containerd': '9d41ab07'.repeat(8) },
      },
    },
    startMs: 62_000,
    readyMs: 73_400,
  };
}
