import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { CostTable } from '../model/cost-table.ts';
import type { Plan } from '../model/cell.ts';
import { loadMatrix } from '../model/matrix/load.ts';
import { packageRoot } from '../util/paths.ts';
import { costs } from './cost.ts';
import { explainPlan, planText } from './explain.ts';
import { makePlan } from './plan.ts';

const plan = makePlan(exampleMatrix(), { profile: 'all', only: 'host=debian-13 runtime=runc,kata@*-go-*' });

describe('planText', () => {
  test('lists hosts, engines, runtimes and the reasons for what is left out', () => {
    expect(planText(plan, costs())).toBe(`Profile all, only host=debian-13 runtime=runc,kata@*-go-*: 6 cells on 1 host
Time: about 41 min on one machine (a guess)
Suites: identity, privileged, rootless-vmm
Plan: ${plan.hash}

debian-13 (vm, trixie)
  containerd 1.7.24 (deb), containerd 2.3.4 (release), crio 1.36.3 (path): runc 1.1.15, kata 3.30.0-go-qemu

Left out: 6 cells
  packages of bookworm need its libc, and debian-13 is trixie: 6 cells
`);
  });

  test('names the CNI plugins where the matrix does', () => {
    const chosen = { ...exampleMatrix(), cni: { version: '1.9.0', source: { kind: 'release' as const } } };
    expect(planText(makePlan(chosen, { profile: 'quick' }), costs())).toContain('\nCNI plugins: 1.9.0 (release)\n');
  });

  test('names the kubelets, and an engine once, however often it is started for them', () => {
    const matrix = exampleMatrix();
    matrix.kubelet = ['1.34.4', '1.37.2'].map((version) => ({ version, source: { kind: 'release' } }));
    const { quick } = matrix.profiles;
    if (quick !== undefined) quick.kubelets = ['*'];
    const text = planText(makePlan(matrix, { profile: 'quick' }), costs());
    expect(text).toContain('\nKubelets: 1.34.4 (release), 1.37.2 (release)\n');
    expect(text).toContain('\n  containerd 1.7.24 (deb): runc 1.1.15\n');
  });

  test('says how much of the estimate was measured', () => {
    const table = { schema: 1, host: [6], engine: [4], pod: { [plan.cells[0]?.id ?? '']: [5, 100, 7] } } as const;
    expect(planText(plan, costs(CostTable.parse(table)))).toContain(' on one machine (by earlier runs for 1 of 6 cells)\n');
  });

  test('shows the shards when there are several', () => {
    expect(planText(plan, costs(), 4)).toContain('\nshard 1/4: 1 cell, about 13 min\n');
  });
});

describe('planText of many cells', () => {
  /** The matrix of this repository, with every combination of its qualification. */
  const many = async (coverage: 'all' | 'pairs'): Promise<Plan> => {
    const matrix = await loadMatrix(join(packageRoot, 'matrix.json'));
    const { qualification } = matrix.profiles;
    return makePlan({ ...matrix, profiles: { qualification: { ...qualification!, coverage } } }, { profile: 'qualification' });
  };

  test('fits a screen, whether they are all or cover pairs', async () => {
    for (const coverage of ['all', 'pairs'] as const) {
      const plan = await many(coverage);
      const lines = planText(plan, costs()).split('\n');
      expect(plan.cells.length).toBeGreaterThan(150);
      const rows = lines.map((line) => Math.max(1, Math.ceil(line.length / 120)));
      expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThan(coverage === 'all' ? 50 : 90);
    }
  });

  test('names every cell, and what it stands for, where it is asked to', async () => {
    const plan = await many('pairs');
    const text = planText(plan, costs(), 1, true);
    for (const { id } of plan.cells) expect(text).toContain(`\n  ${id}: ${plan.stands?.[id]}\n`);
    expect(text).toContain('newest containerd with newest crun');
  });

  test('says how long more machines take, which is never longer', async () => {
    const [, ...hours] = /Time: about ([\d.]+) h on one machine, ([\d.]+) h on 8, ([\d.]+) (?:h|min) on 64/.exec(
      planText(await many('all'), costs()),
    )!;
    expect(Number(hours[1])).toBeLessThan(Number(hours[0]) / 4);
  });
});

describe('explainPlan', () => {
  test('explains every excluded cell and puts each planned one into one shard', () => {
    const explained = explainPlan(plan, costs(), 2);
    expect(explained.excluded.every(({ why }) => why.length > 10)).toBe(true);
    expect(explained.shards.flatMap(({ cells }) => cells).sort()).toEqual(plan.cells.map(({ id }) => id).sort());
    expect(explained.seconds).toBe(60 + 3 * 10 + 3 * (72 + 720));
  });
});
