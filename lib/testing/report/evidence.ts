import type { DeviceNode } from '../../model/device-node.ts';
import type { Verdict } from '../../model/document.ts';
import type { LeaseRecord } from '../../model/lease-record.ts';
import type { Observation } from '../../model/observation.ts';
import { evidence, fixtures, lease } from '../evidence.ts';

const device = '/dev/xchar';

function node(path: string, [uid, gid]: [number, number], mode: string, minor = 229): DeviceNode {
  return { path, type: 'c', major: minor === 229 ? 10 : 1, minor, uid, gid, mode };
}

const defaults = [node('/dev/full', [0, 0], '0666', 7), node('/dev/null', [0, 0], '0666', 3)];

/** What a scenario of the sample observed: a pod with one character device of our own. */
export function sampleObservation({ cell, suite, scenario, observed }: Verdict): Observation {
  const { guest, ...seen } = evidence().observation;
  const [, refusedCall, message = ''] = /: (\w+) failed: (.*)/.exec(observed) ?? [];
  const mode = observed.includes('0666') ? '0666' : '0640';
  return {
    ...seen,
    ...{ cell, suite, scenario, lease: 'lease-1' },
    outcome: refusedCall === undefined ? { kind: 'ran' } : { kind: 'refused', call: refusedCall, code: 'Unknown', message },
    request: { ...seen.request, devices: [{ hostPath: fixtures.char, containerPath: device, permissions: 'rwm' }] },
    spec: {
      linux: {
        ...{ maskedPaths: [], readonlyPaths: [], uidMappings: [] },
        devices: [
          { path: device, type: 'c', major: 10, minor: 229, uid: 1000, gid: 2000, ...(mode === '0640' && { fileMode: 0o640 }) },
        ],
      },
      annotations: { 'io.kubernetes.cri.container-type': 'container' },
    },
    ...(refusedCall === undefined && {
      guest: {
        ...guest,
        dev: [...defaults, node(device, [1000, 2000], mode)],
        opens: [
          { path: device, access: 'read', error: null },
          { path: device, access: 'write', error: 'EACCES' },
        ],
        net: ['lo', 'eth0'],
        mounts: [{ target: '/', fstype: 'overlay', options: 'rw,relatime' }],
      },
    }),
    host: { ...seen.host, dev: [node(fixtures.char, [1234, 4321], '0640'), ...defaults] },
    engineLog: `level=info msg="${refusedCall ?? 'RunPodSandbox'} of podproof-ownership" ${message}`,
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
  const binary = '/opt/podproof/containerd-1.7.24/usr/bin/containerd';
  const socket = `${directory}/state/c.sock`;
  return {
    ...lease,
    lease: 'lease-1',
    engine: {
      ...lease.engine,
      planned: { ...lease.engine.planned, enable_cdi: true },
      effective: { ...lease.engine.effective, enable_cdi: false },
      instance: {
        files: { [`${directory}/config.toml`]: 'version = 2\n' },
        argv: [binary, '--config', `${directory}/config.toml`],
        env: { PATH: '/usr/bin:/bin' },
        ...{ socket, shimMark: socket, directory, bridge: 'pp-containerd' },
        images: ['localhost:5000/podproof/pause:1', 'localhost:5000/podproof/probe:1'],
        binaries: { [binary]: '9d41ab07'.repeat(8) },
      },
    },
  };
}
