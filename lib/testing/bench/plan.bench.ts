import { spread, type Spread } from './measure.ts';
import type { Matrix } from '../../model/matrix/matrix.ts';
import { costs } from '../../plan/cost.ts';
import { planLeases } from '../../plan/leases.ts';
import { makePlan } from '../../plan/plan.ts';
import { coverPairs } from '../../plan/pairs.ts';
import { packShards } from '../../plan/shards.ts';

/** A matrix of `hosts` × `engines` × `runtimes` cells. */
function bigMatrix(hosts: number, engines: number, runtimes: number): Matrix {
  const versions = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ version: `1.${index}.0`, source: { kind: 'release' as const } }));
  const names = Array.from({ length: hosts }, (_, index) => `host-${index}`);
  return {
    hosts: Object.fromEntries(names.map((name) => [name, { kind: 'container' as const, suite: 'trixie' as const }])),
    engines: { containerd: versions(engines) },
    runtimes: { runc: versions(runtimes) },
    exclude: [{ engine: 'containerd@1.0.0', why: 'one engine of the benchmark is left out' }],
    profiles: { all: { title: 'All', hosts: names, engines: ['*'], runtimes: ['*'], suites: ['identity'] } },
  };
}

/** Planning 10^5 and 10^6 cells. Target for 10^5: less than 1 s together. */
export function benchPlan(): Spread[] {
  const times = new Map<string, number[]>();
  const timed = <T>(name: string, work: () => T): T => {
    const start = performance.now();
    const value = work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    return value;
  };
  const steps = (many: string, hosts: number): void => {
    const matrix = bigMatrix(hosts, 50, 100);
    const plan = timed(`plan ${many} cells`, () =>
      makePlan(matrix, { profile: 'all', only: 'engine=containerd>=1.0 host=host-*' }),
    );
    timed(`cover the pairs of ${many} cells`, () => coverPairs(plan.cells));
    timed(`leases of ${many} cells`, () => planLeases(plan.cells));
    timed(`pack ${many} cells into 256 shards`, () => packShards(plan.cells, 256, costs()));
  };
  for (let round = 0; round < 3; round++) steps('10^5', 20);
  steps('10^6', 200);
  return [...times].map(([name, values]) => spread(name, 'ms', values));
}
