import { performance } from 'node:perf_hooks';
import type { Matrix } from '../matrix/model.ts';
import { costs } from './cost.ts';
import { planLeases } from './leases.ts';
import { makePlan } from './plan.ts';
import { packShards } from './shards.ts';

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

/** Milliseconds of each step of planning 10^5 cells. Target: less than 1 s together. */
export function benchPlan(): Record<string, number> {
  const times: Record<string, number> = {};
  const timed = <T>(name: string, work: () => T): T => {
    const start = performance.now();
    const value = work();
    times[name] = Math.round(performance.now() - start);
    return value;
  };
  const matrix = bigMatrix(20, 50, 100);
  const plan = timed('plan 10^5 cells', () => makePlan(matrix, { profile: 'all', only: 'engine=containerd>=1.0 host=host-*' }));
  timed('leases of 10^5 cells', () => planLeases(plan.cells));
  timed('pack 10^5 cells into 256 shards', () => packShards(plan.cells, 256, costs()));
  return times;
}
