import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { CostTable } from '../model/cost-table.ts';
import { costs } from './cost.ts';
import { explainPlan, planText } from './explain.ts';
import { makePlan } from './plan.ts';

const plan = makePlan(exampleMatrix(), { profile: 'all', only: 'host=debian-13 runtime=runc,kata@*-go-*' });

describe('planText', () => {
  test('lists hosts, engines, runtimes and the reasons for what is left out', () => {
    expect(planText(plan, costs()))
      .toBe(`Profile all, only host=debian-13 runtime=runc,kata@*-go-*: 6 cells on 1 host, about 74 min on one machine (a guess)
Suites: identity, privileged, rootless-vmm
Plan: ${plan.hash}

debian-13 (vm, trixie)
  containerd 1.7.24 (deb): runc 1.1.15, kata 3.30.0-go-qemu
  containerd 2.3.4 (release): runc 1.1.15, kata 3.30.0-go-qemu
  crio 1.36.3 (path): runc 1.1.15, kata 3.30.0-go-qemu

Left out: 6 cells
  containerd 1.6.20 is built for bookworm's libc, and debian-13 is trixie: 3 cells
  runc 1.1.5 is built for bookworm's libc, and debian-13 is trixie: 3 cells
`);
  });

  test('names the CNI plugins where the matrix does', () => {
    const chosen = { ...exampleMatrix(), cni: { version: '1.9.0', source: { kind: 'release' as const } } };
    expect(planText(makePlan(chosen, { profile: 'quick' }), costs())).toContain('\nCNI plugins: 1.9.0 (release)\n');
  });

  test('says how much of the estimate was measured', () => {
    const table = { schema: 1, host: [6], engine: [4], pod: { [plan.cells[0]?.id ?? '']: [5, 100, 7] } } as const;
    expect(planText(plan, costs(CostTable.parse(table)))).toContain(' on one machine (by earlier runs for 1 of 6 cells)\n');
  });

  test('shows the shards when there are several', () => {
    expect(planText(plan, costs(), 4)).toContain('\nshard 1/4: 1 cell, about 21 min\n');
  });
});

describe('explainPlan', () => {
  test('explains every excluded cell and puts each planned one into one shard', () => {
    const explained = explainPlan(plan, costs(), 2);
    expect(explained.excluded.every(({ why }) => why.length > 10)).toBe(true);
    expect(explained.shards.flatMap(({ cells }) => cells).sort()).toEqual(plan.cells.map(({ id }) => id).sort());
    expect(explained.seconds).toBe(60 + 3 * 10 + 3 * (240 + 1_200));
  });
});
