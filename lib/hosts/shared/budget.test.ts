import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grant, type Claim, type Ledgered, type Need } from './budget.ts';

const capacity = { memoryMiB: 16_000, cpus: 4 };
const vm: Need = { memoryMiB: 3_456, cpus: 2, exclusive: [] };

function claim(id: string, pid: number, need: Partial<Need> = {}): Claim {
  return { ...vm, ...need, id, title: id, owner: { pid, start: '1', boot: 'b' } };
}

const ids = (claims: Claim[]): string[] => claims.map(({ id }) => id);
const granted = (held: Claim[], waiting: Claim[]): string[] => ids(grant({ held, waiting }, capacity).held).slice(held.length);

describe('the budget of a machine', () => {
  it('gives one process as many hosts as it has CPUs for', () => {
    expect(granted([], [claim('a', 10), claim('b', 10), claim('c', 10)])).toEqual(['a', 'b']);
  });

  it('lets a second process start while the first has all that one may have', () => {
    expect(granted([claim('a', 10), claim('b', 10)], [claim('c', 10), claim('d', 20)])).toEqual(['d']);
  });

  it('is fair: whoever holds less goes first, whatever the order of arrival', () => {
    const held = [claim('a', 10, { memoryMiB: 9_000 })];
    expect(granted(held, [claim('b', 10, { memoryMiB: 5_000 }), claim('c', 20, { memoryMiB: 5_000 })])).toEqual(['c']);
  });

  it('never promises memory twice, and nobody small overtakes a claim that waits for memory', () => {
    const held = [claim('a', 10, { memoryMiB: 10_000 })];
    const waiting = [claim('big', 20, { memoryMiB: 12_000 }), claim('small', 30, { memoryMiB: 1_000 })];
    expect(granted(held, waiting)).toEqual([]);
    expect(granted([], waiting)).toEqual(['big', 'small']);
  });

  it('gives a claim for more than there is the machine to itself', () => {
    const giant = claim('giant', 10, { memoryMiB: 64_000, cpus: 64 });
    expect(granted([claim('a', 20)], [giant])).toEqual([]);
    expect(granted([], [giant, claim('b', 20)])).toEqual(['giant']);
  });

  it('has one holder for what is exclusive, and keeps others of its kind in line but nobody else', () => {
    const here = { memoryMiB: 1_024, cpus: 1, exclusive: ['this machine'] };
    const waiting = [claim('b', 20, here), claim('c', 30, here), claim('d', 40, { exclusive: ['ssh metal'] })];
    expect(granted([claim('a', 10, here)], waiting)).toEqual(['d']);
  });

  const need = fc.record({
    memoryMiB: fc.integer({ min: 0, max: 20_000 }),
    cpus: fc.integer({ min: 0, max: 6 }),
    exclusive: fc.subarray(['this machine', 'ssh metal']),
  });

  it('grants every claim in the end, one holder for each exclusive thing and never too much, whoever asks when and ends when', () => {
    const step = fc.oneof(fc.record({ pid: fc.integer({ min: 2, max: 5 }), need }), fc.nat());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state: Ledgered = { held: [], waiting: [] };
        let next = 0;
        const end = (index: number): void => {
          state = grant({ ...state, held: state.held.filter((_, at) => at !== index) }, capacity);
          checkLimits(state);
        };
        for (const each of steps) {
          if (typeof each === 'number') end(state.held.length === 0 ? 0 : each % state.held.length);
          else {
            state = grant({ ...state, waiting: [...state.waiting, claim(`${next++}`, each.pid, each.need)] }, capacity);
            checkLimits(state);
          }
        }
        for (let ends = next; ends > 0; ends--) end(0);
        expect(state).toEqual({ held: [], waiting: [] });
      }),
    );
  });
});

function checkLimits({ held }: Ledgered): void {
  const sum = (claims: Claim[], what: 'memoryMiB' | 'cpus'): number => claims.reduce((total, each) => total + each[what], 0);
  const holders = (what: 'memoryMiB' | 'cpus'): number => held.filter((each) => each[what] > 0).length;
  if (holders('memoryMiB') > 1) expect(sum(held, 'memoryMiB')).toBeLessThanOrEqual(capacity.memoryMiB);
  if (holders('cpus') > 1) expect(sum(held, 'cpus')).toBeLessThanOrEqual(2 * capacity.cpus);
  const names = held.flatMap(({ exclusive }) => exclusive);
  expect(new Set(names).size).toBe(names.length);
}
