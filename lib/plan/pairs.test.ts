import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { madeUpCells } from '../testing/plan.ts';
import type { PlannedCell } from '../model/cell.ts';
import { coverPairs } from './pairs.ts';
import { makePlan } from './plan.ts';

/** Its three pairs, as words that no other pair has. */
function pairsOf({ id }: PlannedCell): string[] {
  const [host = '', engine = '', runtime = ''] = id.split('/');
  return [`he ${host} ${engine}`, `hr ${host} ${runtime}`, `er ${engine} ${runtime}`];
}

function distinctPairs(cells: readonly PlannedCell[], kind = ''): Set<string> {
  return new Set(cells.flatMap(pairsOf).filter((pair) => pair.startsWith(kind)));
}

/** No coverage has fewer cells: each pair of one kind is in a cell of its own. */
function lowerBound(cells: readonly PlannedCell[]): number {
  return Math.max(...['he', 'hr', 'er'].map((kind) => distinctPairs(cells, kind).size));
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
/** Cells of which some are forbidden, in any order. */
const allowed = sizes
  .chain(([hosts, engines, runtimes]) => fc.shuffledSubarray(madeUpCells(hosts, engines, runtimes), { minLength: 1 }))
  .filter((cells) => cells.length > 0);

describe('coverage by pairs', () => {
  test('has every pair that can go together, and no cell that was not allowed', () => {
    fc.assert(
      fc.property(allowed, (cells) => {
        const kept = coverPairs(cells).map(({ cell }) => cell);
        expect(distinctPairs(kept)).toEqual(distinctPairs(cells));
        expect(kept.every((cell) => cells.includes(cell))).toBe(true);
        expect(new Set(kept).size).toBe(kept.length);
      }),
    );
  });

  test('is the same for any order of the cells, and keeps that order', () => {
    fc.assert(
      fc.property(
        allowed.chain((cells) => fc.tuple(fc.constant(cells), fc.shuffledSubarray(cells, { minLength: cells.length }))),
        ([cells, shuffled]) => {
          const words = (some: readonly PlannedCell[]): Array<[string, string]> =>
            coverPairs(some).map(({ cell, stands }) => [cell.id, stands]);
          const byId = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);
          expect(words(shuffled).sort(byId)).toEqual(words(cells).sort(byId));
          const kept = coverPairs(shuffled).map(({ cell }) => shuffled.indexOf(cell));
          expect(kept).toEqual([...kept].sort((a, b) => a - b));
        },
      ),
    );
  });

  test('has the newest with the newest, on the newest host that has both', () => {
    fc.assert(
      fc.property(allowed, (cells) => {
        const order = (cell: PlannedCell): number[] => cell.id.match(/\d+(?=\/|$)/g)!.map(Number);
        const newest = [...cells].sort((a, b) => {
          const [[h = 0, e = 0, r = 0], [host = 0, engine = 0, runtime = 0]] = [order(a), order(b)];
          return engine - e || runtime - r || h - host;
        })[0];
        const first = coverPairs(cells).find(({ cell }) => cell === newest);
        expect(first?.stands).toMatch(/^newest containerd with newest runc; /);
      }),
    );
  });

  test('says of each cell which pairs it was kept for', () => {
    fc.assert(
      fc.property(allowed, (cells) => {
        for (const { cell, stands } of coverPairs(cells)) {
          const [host, engine, runtime] = cell.id.split('/');
          const words = stands.split('; ').filter((word) => !word.startsWith('newest '));
          expect(words.length).toBeGreaterThan(0);
          for (const word of words)
            expect([`${host} with ${engine}`, `${host} with ${runtime}`, `${engine} with ${runtime}`]).toContain(word);
        }
      }),
    );
  });

  test('needs few cells more than no coverage can do without', () => {
    fc.assert(
      fc.property(allowed, (cells) => {
        const kept = coverPairs(cells).length;
        expect(kept).toBeLessThanOrEqual(cells.length);
        expect(kept).toBeLessThanOrEqual(Math.ceil(1.5 * lowerBound(cells)) + 1);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(sizes, ([hosts, engines, runtimes]) => {
        const cells = madeUpCells(hosts, engines, runtimes);
        expect(coverPairs(cells).length).toBeLessThanOrEqual(Math.ceil(1.15 * lowerBound(cells)));
      }),
    );
  });
});

describe('a profile that covers pairs', () => {
  const matrix = exampleMatrix();
  matrix.profiles['all']!.coverage = 'pairs';

  test('plans the covering cells, each with what it stands for, and leaves the others out with a reason', () => {
    const [all, pairs] = [exampleMatrix(), matrix].map((each) => makePlan(each, { profile: 'all' }));
    expect(pairs!.cells.length).toBeLessThan(all!.cells.length);
    expect(distinctPairs(pairs!.cells)).toEqual(distinctPairs(all!.cells));
    expect(Object.keys(pairs!.stands ?? {})).toEqual(pairs!.cells.map(({ id }) => id));
    const left = pairs!.excluded.filter(({ why }) => why.startsWith('coverage by pairs: '));
    expect(left.length).toBe(all!.cells.length - pairs!.cells.length);
    expect(all!.stands).toBeUndefined();
  });

  test('covers what is selected, so that a cell can be asked for by name', () => {
    const { cells, excluded } = makePlan(matrix, { profile: 'all', only: 'host=debian-13 engine=containerd' });
    const whole = makePlan(exampleMatrix(), { profile: 'all', only: 'host=debian-13 engine=containerd' });
    // On one host each pair of engine and runtime needs its own cell.
    expect(cells).toEqual(whole.cells);
    expect(excluded).toEqual(whole.excluded);
  });
});
