import { describe, expect, test } from 'vitest';
import { Trial } from '../model/trial.ts';
import type { PlannedCell } from '../model/cell.ts';
import { cell } from '../testing/stage.ts';
import { mediaWorkload } from '../testing/pods.ts';
import { sightIn } from '../testing/trial.ts';
import { parseDevice } from './device-spec.ts';
import { devicesOf } from './devices.ts';
import type { CellTrial } from './cell.ts';
import type { Fix } from './fix.ts';
import { trialOf } from './trial.ts';

const workload = mediaWorkload();
const resources = [parseDevice('gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660')];
const devices = devicesOf(workload.pod, { resources, described: [] });
const head = {
  podproof: '0.1.0',
  started: '2026-01-01T00:00:00Z',
  ended: '2026-01-01T00:01:00Z',
  file: 'media.yaml',
  patches: 0,
};
const other: PlannedCell = {
  ...cell,
  id: 'debian-13/containerd-1.7.24/crun-1.21',
  runtime: { ...cell.runtime, name: 'crun', version: '1.21' },
};

const groups = (group: number): Fix => ({
  id: 'groups',
  title: `supplementalGroups: [${group}]`,
  label: `supplementalGroups: [${group}]`,
  by: 'manifest',
  changes: [{ set: ['spec', 'securityContext', 'supplementalGroups'], to: [group] }],
  give: 'as asked',
  handler: 'plain',
  costs: 'the group',
});

function trialIn(planned: PlannedCell, fix: Fix): CellTrial {
  const launched = (errno: string | null) => ({
    attempt: { cell: planned.id, outcome: 'ran' as const, containers: [sightIn(errno)] },
    found: [],
    observations: [],
  });
  const { attempt, ...rest } = launched(null);
  return {
    pod: 0,
    cell: planned,
    host: hostFacts,
    asItIs: launched('EACCES'),
    fixes: [{ fix, launched: { ...rest, attempt: { ...attempt, fix: fix.id } } }],
  };
}

const hostFacts: CellTrial['host'] = {
  ...{ kernel: '6.12', bootId: 'b', os: 'Debian', architecture: 'x86_64', cpus: 2, memoryMiB: 3072, accelerator: 'tcg' },
  ...{ acceleratorReason: 'none', cgroup: 'v2', lsm: [], kvm: { present: false, owner: '', mode: '', group: '' } },
  ...{ vhostVsock: false, vhostNet: false, iommuGroups: 0, hugepages2MiB: 0, userNamespaces: true, glibc: '2.41' },
  ...{ ownKernel: true, disposable: true, systemd: true },
};

describe('the document of a trial', () => {
  test('has each fix once with its patch, though several cells tried it', () => {
    const trials = [trialIn(cell, groups(105)), trialIn(other, groups(105))];
    const trial = trialOf(head, workload, devices, [cell, other], { trials, placed: [], blocked: new Map() });
    expect(Trial.parse(trial)).toEqual(trial);
    expect(trial.fixes).toMatchObject([{ id: 'groups', file: 'fix-1.yaml', text: expect.stringContaining('105') }]);
    expect(trial.attempts.map(({ cell: at, fix }) => `${at.split('/')[2]} ${fix ?? 'as it is'}`)).toEqual([
      'runc-1.1.15 as it is',
      'runc-1.1.15 groups',
      'crun-1.21 as it is',
      'crun-1.21 groups',
    ]);
  });

  test('names its patches after those of the pods before it', () => {
    const trials = [trialIn(cell, groups(105))];
    const trial = trialOf({ ...head, patches: 7 }, workload, devices, [cell], { trials, placed: [], blocked: new Map() });
    expect(trial.fixes.map(({ file }) => file)).toEqual(['fix-8.yaml']);
  });

  test('keeps fixes of one kind with other values apart', () => {
    const trials = [trialIn(cell, groups(105)), trialIn(other, groups(44))];
    const trial = trialOf(head, workload, devices, [cell, other], { trials, placed: [], blocked: new Map() });
    expect(trial.fixes.map(({ id }) => id)).toEqual(['groups', 'groups-2']);
    expect(trial.attempts.map(({ fix }) => fix)).toEqual([undefined, 'groups', undefined, 'groups-2']);
  });

  test('says of a cell that was not tried why', () => {
    const blocked = new Map([[other.id, 'no such file']]);
    const trial = trialOf(head, workload, devices, [cell, other], { trials: [trialIn(cell, groups(105))], placed: [], blocked });
    expect(trial.cells.map((each) => each.blocked)).toEqual([undefined, 'no such file']);
    expect(trial.devices).toEqual([
      {
        container: 'media',
        path: '/dev/dri/renderD128',
        from: 'gpu.intel.com/i915',
        description: '/dev/dri/renderD128:c:0:105:0660',
        assumed: false,
      },
    ]);
  });
});
