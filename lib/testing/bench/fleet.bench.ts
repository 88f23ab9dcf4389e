import { performance } from 'node:perf_hooks';
import { simulate } from '../fleet.ts';
import { spread, type Spread } from './measure.ts';

/** 200 simulated machines with 20,000 cells, some of which die, refuse or are slow: how far the schedule is from the best there can be. */
export async function benchFleet(): Promise<Spread[]> {
  const fleet = { machines: 200, cellsPerEngine: 10, death: 0.002, slow: 0.05 };
  const shapes = {
    'any host': { ...fleet, hosts: 10, pinned: false, enginesPerHost: 200, refusal: 0.01 },
    'one host each': { ...fleet, hosts: 200, pinned: true, enginesPerHost: 10, refusal: 0 },
  };
  const found: Spread[] = [];
  for (const [name, shape] of Object.entries(shapes)) {
    const ratios: number[] = [];
    const times: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const start = performance.now();
      const { makespan, lowerBound } = await simulate({ ...shape, seed });
      times.push(performance.now() - start);
      ratios.push(makespan / lowerBound);
    }
    found.push(spread(`fleet of machines for ${name}: makespan by lower bound`, 'ratio', ratios));
    found.push(spread(`fleet of machines for ${name}: schedule 20,000 cells`, 'ms', times));
  }
  return found;
}
