import type { Attempt, ContainerSight, Reach, Trial } from '../model/trial.ts';
import { capabilityNames } from '../model/capabilities.ts';

const path = '/dev/dri/renderD128';
const user: Reach = { nodes: 8, disks: [], madeDisk: false, groups: [1000], capabilities: [], bounding: 0 };
const everything: Reach = {
  ...user,
  nodes: 150,
  disks: ['/dev/vda', '/dev/vda1', '/dev/vdb', '/dev/vdc'],
  capabilities: capabilityNames,
  bounding: 41,
};

/** What a container found at the render node. */
export function sightIn(errno: string | null, mode = '0660', reach: Reach = user): ContainerSight {
  return {
    name: 'media',
    id: 'uid=1000 gid=1000 groups=1000',
    seccomp: true,
    noNewPrivileges: true,
    notHeld: [],
    devices: [
      {
        path,
        host: { type: 'c', owner: '0:105', mode: '0660' },
        guest: { type: 'c', owner: '0:105', mode },
        read: errno,
        write: errno,
        ...(errno === null ? {} : { decider: 'file mode' as const }),
        says:
          errno === null
            ? 'it opens'
            : 'read fails with EACCES: it is 0:105 0660, and the process has uid 1000 and the groups 1000',
        layers: [
          { layer: 'cri', value: 'runAsGroup 1000', changed: false },
          { layer: 'guest', value: '105', changed: true },
        ],
      },
    ],
    reach,
  };
}

const cells = [
  { id: 'debian-13/containerd-1.7.24/runc-1.1.15', engine: 'containerd 1.7.24', runtime: 'runc 1.1.15' },
  { id: 'debian-13/crio-1.36.3/runc-1.1.15', engine: 'crio 1.36.3', runtime: 'runc 1.1.15' },
];

function attempt(cell: number, fix: string | undefined, containers: ContainerSight[]): Attempt {
  return { cell: cells[cell]?.id ?? '', ...(fix === undefined ? {} : { fix }), outcome: 'ran', containers };
}

/** A pod that cannot open its GPU under containerd, and can under CRI-O, which opens it to everybody. */
export function sampleTrial(change: Partial<Trial> = {}): Trial {
  return {
    schema: 1,
    podproof: '0.1.0',
    started: '2026-11-29T00:00:00.000Z',
    ended: '2026-11-29T00:01:11.000Z',
    manifest: { file: 'media.yaml', kind: 'Deployment', name: 'media' },
    devices: [
      { container: 'media', path, from: 'gpu.intel.com/i915', description: '/dev/dri/renderD128:c:0:105:0660', assumed: false },
    ],
    cells,
    fixes: [
      {
        id: 'groups',
        title: 'supplementalGroups: [105]',
        label: 'supplementalGroups: [105]',
        by: 'manifest',
        costs: 'whatever else of the node belongs to the group, where the pod is given it',
        file: 'fix-1.yaml',
        text: 'spec:\n  template:\n    spec:\n      securityContext:\n        supplementalGroups: [105]\n',
      },
      {
        id: 'ownership',
        title: 'device_ownership_from_security_context = true',
        label: 'ownership key',
        by: 'node',
        since: 'containerd >=1.6.0 or crio >=1.22.0',
        costs: 'every pod of the node owns the devices that it is given',
        file: 'fix-2.toml',
        text: 'device_ownership_from_security_context = true\n',
      },
      {
        id: 'privileged',
        title: 'privileged: true',
        label: 'privileged',
        by: 'manifest',
        costs: 'isolation from the node',
        file: 'fix-3.yaml',
        text: 'privileged: true\n',
      },
    ],
    attempts: [
      attempt(0, undefined, [sightIn('EACCES')]),
      attempt(0, 'groups', [sightIn(null)]),
      attempt(0, 'ownership', [sightIn(null)]),
      attempt(0, 'privileged', [sightIn('EACCES', '0660', { ...everything, disks: [], capabilities: [] })]),
      attempt(1, undefined, [sightIn(null, '0666')]),
      attempt(1, 'groups', [sightIn(null, '0666')]),
      attempt(1, 'privileged', [sightIn(null, '0666', everything)]),
    ],
    notLookedAt: [{ path: 'spec.replicas', why: 'one pod is tried' }],
    ...change,
  };
}

/** The same through a kubelet, which asks for a field otherwise than podproof. */
export function kubeletTrial(differences: Attempt['differences'] = []): Trial {
  const sample = sampleTrial();
  const kubelet = [
    { layer: 'manifest' as const, value: 'gpu.intel.com/i915: 1', changed: false },
    { layer: 'kubelet' as const, value: 'a device plugin gives /dev/podproof/try/0/renderD128 rw', changed: false },
  ];
  return {
    ...sample,
    cells: sample.cells.map((cell) => ({ ...cell, id: `${cell.id}+kubelet-1.37.2`, kubelet: 'kubelet 1.37.2' })),
    attempts: sample.attempts.map((attempt) => ({
      ...attempt,
      cell: `${attempt.cell}+kubelet-1.37.2`,
      differences,
      containers: attempt.containers.map((container) => ({
        ...container,
        devices: container.devices.map((device) => ({ ...device, layers: [...kubelet, ...device.layers] })),
      })),
    })),
  };
}
