import type { DeviceNode } from '../../model/device-node.ts';
import type { Verdict } from '../../model/document.ts';
import type { LeaseRecord } from '../../model/lease-record.ts';
import type { Observation } from '../../model/observation.ts';
import { evidence, fixtures, lease, vmm } from '../evidence.ts';

const device = '/dev/xchar';

function node(path: string, [major, minor]: [number, number], [uid, gid]: [number, number], mode: string): DeviceNode {
  return { path, type: 'c', major, minor, uid, gid, mode };
}

const defaults: DeviceNode[] = [
  node('/dev/full', [1, 7], [0, 0], '0666'),
  node('/dev/null', [1, 3], [0, 0], '0666'),
  node('/dev/random', [1, 8], [0, 0], '0666'),
  node('/dev/tty', [5, 0], [0, 5], '0666'),
  node('/dev/urandom', [1, 9], [0, 0], '0666'),
  node('/dev/zero', [1, 5], [0, 0], '0666'),
  { path: '/dev/core', type: 'l', uid: 0, gid: 0, mode: '0777', target: '/proc/kcore' },
];

/** What a scenario of the sample observed: a pod with one character device of our own. */
export function sampleObservation({ cell, suite, scenario, observed }: Verdict): Observation {
  const { observation } = evidence();
  const [, refusedCall, message = ''] = /^refused at (\w+): (.*)$/.exec(observed) ?? [];
  const kata = cell.includes('kata');
  const crio = cell.includes('crio');
  const privileged = scenario.startsWith('privileged');
  const mode = observed.includes('0666') ? '0666' : '0640';
  const { guest, ...seen } = observation;
  return {
    ...seen,
    ...{ cell, suite, scenario, lease: 'lease-1', startMs: 74_000, endMs: 83_600 },
    outcome: refusedCall === undefined ? { kind: 'ran' } : { kind: 'refused', call: refusedCall, code: 'Unknown', message },
    request: {
      ...observation.request,
      ...{ handler: kata ? 'kata' : 'runc', privileged, sandboxPrivileged: privileged, hostNetwork: !kata },
      supplementalGroups: [3000],
      devices: [{ hostPath: fixtures.char, containerPath: device, permissions: 'rwm' }],
    },
    identity: {
      ...observation.identity,
      ...{ engineName: crio ? 'cri-o' : 'containerd', engineVersion: crio ? '1.36.3' : '1.7.24', stateOf: kata ? null : 'runc' },
    },
    spec: {
      process: { user: { uid: 1000, gid: 2000, additionalGids: [3000] }, noNewPrivileges: false },
      linux: {
        ...{ maskedPaths: ['/proc/acpi', '/proc/kcore'], readonlyPaths: ['/proc/bus'], uidMappings: [] },
        devices: [
          {
            path: device,
            type: 'c',
            major: 10,
            minor: 229,
            uid: 1000,
            gid: 2000,
            ...(mode === '0666' ? {} : { fileMode: 0o640 }),
          },
        ],
      },
      annotations: { 'io.kubernetes.cri.container-type': 'container' },
    },
    ...(refusedCall === undefined && {
      guest: {
        ...guest,
        id: 'uid=1000 gid=2000 groups=2000,3000',
        kernel: kata ? '6.12.47' : guest.kernel,
        dev: [...defaults, node(device, [10, 229], [1000, 2000], mode)],
        opens: [
          { path: device, access: 'read', error: null },
          { path: device, access: 'write', error: 'EACCES' },
        ],
        net: ['lo', 'eth0'],
        mounts: [{ target: '/', fstype: 'overlay', options: 'rw,relatime' }],
      },
    }),
    host: {
      ...observation.host,
      dev: [node(fixtures.char, [10, 229], [1234, 4321], '0640'), ...defaults],
      processes: kata
        ? [
            { ...vmm, pid: 4120, comm: 'containerd-shim', exe: '/opt/kata/bin/containerd-shim-kata-v2', role: 'shim' },
            { ...vmm, uids: [1000, 1000, 1000, 1000], gids: [1000, 1000, 1000, 1000], groups: [993] },
          ]
        : [],
      users: kata ? [{ name: 'kata-72651', uid: 1000, gid: 1000, comment: '"Kata Containers temporary hypervisor user"' }] : [],
    },
    leftovers: { runtime: kata ? ['/run/user/1000'] : [], ours: [] },
    calls: [
      { call: 'RunPodSandbox', startMs: 74_010, durationMs: kata ? 34_120 : 2410 },
      { call: 'CreateContainer', startMs: 76_500, durationMs: 1180 },
      {
        call: 'StartContainer',
        startMs: 77_700,
        durationMs: 2690,
        ...(refusedCall !== undefined && { error: { code: 'Unknown', message } }),
      },
      { call: 'ExecSync', startMs: 80_500, durationMs: 710 },
      { call: 'StopPodSandbox', startMs: 81_300, durationMs: 1420 },
      { call: 'RemovePodSandbox', startMs: 82_800, durationMs: 390 },
    ],
    engineLog: [
      'time="2026-11-20T14:13:21.004Z" level=info msg="RunPodSandbox for &PodSandboxMetadata{Name:podproof-ownership}"',
      ...(refusedCall === undefined ? [] : [`level=error msg="${refusedCall} failed" error=${JSON.stringify(message)}`]),
    ].join('\n'),
    replay: {
      sandbox: { metadata: { name: 'podproof-ownership', uid: '1f0c', namespace: 'podproof' }, linux: { cgroup_parent: '' } },
      container: { metadata: { name: 'probe' }, devices: [{ host_path: fixtures.char, container_path: device }] },
      probe: [`open:r:${device}`, `open:w:${device}`],
      nodes: [],
      twin: false,
      killVmm: false,
    },
  };
}

/** The lease that the sample's observations name. */
export function sampleLease(): LeaseRecord {
  const directory = '/var/lib/podproof/containerd-1.7.24';
  const sha256 = '9d41ab07'.repeat(8);
  const binary = '/opt/podproof/containerd-1.7.24/usr/bin/containerd';
  const socket = `${directory}/state/c.sock`;
  return {
    ...lease,
    lease: 'lease-1',
    engine: {
      ...lease.engine,
      sha256,
      planned: { device_ownership_from_security_context: true, enable_cdi: true },
      effective: { device_ownership_from_security_context: true, enable_cdi: false },
      configFile: 'version = 2\n',
      instance: {
        files: { [`${directory}/config.toml`]: 'version = 2\n' },
        argv: [binary, '--config', `${directory}/config.toml`],
        env: { PATH: '/usr/bin:/bin' },
        ...{ socket, shimMark: socket, directory, bridge: 'pp-containerd' },
        images: ['localhost:5000/podproof/pause:1', 'localhost:5000/podproof/probe:1'],
        binaries: { [binary]: sha256 },
      },
    },
    startMs: 62_000,
    readyMs: 73_400,
  };
}
