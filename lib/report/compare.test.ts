import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordedRuns } from '../testing/recorded.ts';
import { changeKinds, type Change } from '../model/baseline.ts';
import type { Document, Verdict } from '../model/document.ts';
import { verdictNames, type VerdictName } from '../model/verdict.ts';
import { readDocument } from '../record/read-document.ts';
import { changesOf, compare, withBaseline } from './compare.ts';
import { countOf, sampleDocument } from '../testing/report/sample.ts';

const without = (document: Document, part: string): Document => ({
  ...document,
  cells: document.cells.filter((cell) => !cell.id.includes(part)),
  verdicts: document.verdicts.filter((verdict) => !verdict.cell.includes(part)),
});
const changed = (document: Document, pick: (verdict: Verdict) => boolean, change: Partial<Verdict>): Document => ({
  ...document,
  verdicts: document.verdicts.map((verdict) => (pick(verdict) ? { ...verdict, ...change } : verdict)),
});
const moved = (older: Document, document: Document): Change[] =>
  compare(older, document).changes.filter(({ kind }) => !kind.startsWith('still-'));

test('a run compared with itself has no change, and says what stays as it was', () => {
  const same = compare(sampleDocument(), sampleDocument());
  expect(new Set(same.changes.map(({ kind }) => kind))).toEqual(new Set(['still-failing', 'still-blocked', 'still-known']));
  expect([...same.newCells, ...same.goneCells]).toEqual([]);
  expect(same.exit).toBe(0);
});

test('a cell that is blocked now and was judged before is newly blocked and lost coverage', () => {
  const blocked = without(sampleDocument(), 'debian-12');
  blocked.cells.push({ ...(sampleDocument().cells.at(-1) ?? blocked.cells[0]!), verdict: 'blocked', reason: 'no image' });
  const kinds = moved(sampleDocument(), blocked).map(({ kind }) => kind);
  const judged = sampleDocument().verdicts.filter(
    ({ cell, verdict }) => cell.includes('debian-12') && verdict !== 'unsupported',
  ).length;
  expect(kinds.filter((kind) => kind === 'newly-blocked')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'disappeared')).toHaveLength(judged);
  expect(compare(sampleDocument(), blocked)).toMatchObject({ goneCells: [], exit: 75 });
});

test('cells that came and went are named as cells, and only their deviations one by one', () => {
  const less = without(sampleDocument(), 'debian-12');
  expect(compare(less, sampleDocument()).newCells).toEqual(['debian-12/containerd-1.6.20/runc-1.1.15']);
  expect(compare(sampleDocument(), less)).toMatchObject({ goneCells: ['debian-12/containerd-1.6.20/runc-1.1.15'] });
  expect(moved(sampleDocument(), less)).toEqual([]);
  expect(moved(less, sampleDocument()).map(({ kind }) => kind)).not.toContain('appeared');
});

test('only temporary names that differ are no change', () => {
  const renamed = changed(sampleDocument(), (verdict) => verdict.rule === 'RVMM-UID' && verdict.verdict === 'pass', {
    observed: 'qemu-system-x86 runs as kata-11111 (1000:1000), groups 993, CapEff 0',
  });
  expect(moved(sampleDocument(), renamed)).toEqual([]);
});

test('a failure that was there before is not new, with other evidence it may be another one', () => {
  const isRed = (verdict: Verdict): boolean => verdict.verdict === 'fail';
  expect(compare(sampleDocument(), sampleDocument()).exit).toBe(0);
  expect(compare(sampleDocument(), changed(sampleDocument(), isRed, { observed: 'something else' })).exit).toBe(1);
});

test('a run in which nothing applies says so in its exit code, whatever it is compared with', () => {
  const nothing = { ...sampleDocument(), verdicts: [], cells: [], run: { ...sampleDocument().run, exit: 77 } };
  expect(compare(nothing, nothing).exit).toBe(77);
});

/** One passing, judged verdict of a recorded run after the other, each turned in its own way. */
const seeds: Array<{
  before: Partial<Verdict> | undefined;
  after: Partial<Verdict> | undefined;
  kind: Change['kind'] | undefined;
}> = [
  { before: { verdict: 'pass' }, after: { verdict: 'fail' }, kind: 'new-failure' },
  { before: { verdict: 'known', known: 'i' }, after: { verdict: 'fail' }, kind: 'new-failure' },
  { before: { verdict: 'fail' }, after: { verdict: 'void' }, kind: 'new-failure' },
  { before: { verdict: 'blocked' }, after: { verdict: 'fail' }, kind: 'new-failure' },
  { before: undefined, after: { verdict: 'fail' }, kind: 'new-failure' },
  { before: { verdict: 'unsupported' }, after: { verdict: 'void' }, kind: 'new-failure' },
  { before: { verdict: 'pass' }, after: { verdict: 'blocked' }, kind: 'newly-blocked' },
  { before: { verdict: 'fail' }, after: { verdict: 'error' }, kind: 'newly-blocked' },
  { before: { verdict: 'unsupported' }, after: { verdict: 'missing' }, kind: 'newly-blocked' },
  { before: { verdict: 'pass', observed: 'a' }, after: { verdict: 'pass', observed: 'b' }, kind: 'changed-evidence' },
  { before: { verdict: 'fail', layer: 'host' }, after: { verdict: 'fail', layer: 'guest' }, kind: 'changed-evidence' },
  {
    before: { verdict: 'known', known: 'i', observed: 'a' },
    after: { verdict: 'known', known: 'i', observed: 'b' },
    kind: 'changed-evidence',
  },
  { before: { verdict: 'pass' }, after: { verdict: 'known', known: 'i' }, kind: 'new-known' },
  { before: { verdict: 'fail' }, after: { verdict: 'known', known: 'i' }, kind: 'new-known' },
  { before: { verdict: 'known', known: 'i' }, after: { verdict: 'known', known: 'j' }, kind: 'new-known' },
  { before: undefined, after: { verdict: 'known', known: 'i' }, kind: 'new-known' },
  { before: { verdict: 'fail' }, after: { verdict: 'pass' }, kind: 'fixed' },
  { before: { verdict: 'known', known: 'i' }, after: { verdict: 'pass' }, kind: 'fixed' },
  { before: { verdict: 'known', known: 'i' }, after: { verdict: 'fixed', known: 'i' }, kind: 'fixed' },
  { before: { verdict: 'error' }, after: { verdict: 'pass' }, kind: 'unblocked' },
  { before: { verdict: 'blocked' }, after: { verdict: 'unsupported' }, kind: 'unblocked' },
  { before: { verdict: 'pass' }, after: undefined, kind: 'disappeared' },
  { before: { verdict: 'fail' }, after: { verdict: 'unsupported' }, kind: 'disappeared' },
  { before: undefined, after: { verdict: 'pass' }, kind: 'appeared' },
  { before: { verdict: 'unsupported' }, after: { verdict: 'pass' }, kind: 'appeared' },
  { before: { verdict: 'fail' }, after: { verdict: 'fail' }, kind: 'still-failing' },
  { before: { verdict: 'fixed' }, after: { verdict: 'fixed' }, kind: 'still-failing' },
  { before: { verdict: 'blocked' }, after: { verdict: 'missing' }, kind: 'still-blocked' },
  { before: { verdict: 'known', known: 'i' }, after: { verdict: 'known', known: 'i' }, kind: 'still-known' },
  { before: { verdict: 'pass', expected: 'x' }, after: { verdict: 'pass', expected: 'reworded' }, kind: undefined },
  { before: { verdict: 'unsupported', reason: 'x' }, after: { verdict: 'unsupported', reason: 'y' }, kind: undefined },
  { before: undefined, after: { verdict: 'unsupported' }, kind: undefined },
  { before: { verdict: 'unsupported' }, after: undefined, kind: undefined },
];

describe('two recorded runs with a change of every class', async () => {
  const runs = await Promise.all(recordedRuns().map(({ folder }) => readDocument(`${folder.path}/report.json`)));
  const found = runs.find(({ run }) => run.id === 'containerd-1.7.24');
  if (found === undefined) throw new Error('results/reference has no containerd-1.7.24');
  // What is known in both is a change too, of a kind that says so.
  const recorded = {
    ...found,
    verdicts: found.verdicts.filter(({ verdict }) => verdict !== 'known'),
    cells: found.cells.map((cell) => ({ ...cell, verdict: 'pass' as const })),
  };
  const targets = recorded.verdicts.filter(({ verdict }) => verdict === 'pass').slice(0, seeds.length);
  const seeded = (side: 'before' | 'after'): Document => ({
    ...recorded,
    verdicts: recorded.verdicts.flatMap((verdict) => {
      const seed = seeds[targets.indexOf(verdict)];
      if (seed === undefined) return [verdict];
      return seed[side] === undefined ? [] : [{ ...verdict, ...seed[side] }];
    }),
  });

  test('has a seed of every class', () => {
    expect(targets).toHaveLength(seeds.length);
    expect(new Set(seeds.flatMap(({ kind }) => kind ?? []))).toEqual(new Set(changeKinds));
  });

  test.for(seeds.map((seed, index) => [seed, index] as const))(
    '%# is named right: $0.before.verdict to $0.after.verdict is $0.kind',
    ([seed, index]) => {
      const { cell, suite, scenario, rule } = targets[index]!;
      const found = compare(seeded('before'), seeded('after')).changes.filter(
        (change) => change.cell === cell && change.suite === suite && change.scenario === scenario && change.rule === rule,
      );
      expect(found.map(({ kind }) => kind)).toEqual(seed.kind === undefined ? [] : [seed.kind]);
      expect(found.map(({ before, after }) => [before?.verdict, after])).toEqual(
        seed.kind === undefined ? [] : [[seed.before?.verdict, seed.after?.verdict]],
      );
    },
  );

  test('has no other change', () => {
    expect(compare(seeded('before'), seeded('after')).changes).toHaveLength(
      seeds.filter(({ kind }) => kind !== undefined).length,
    );
    expect(compare(recorded, structuredClone(recorded)).changes).toEqual([]);
  });

  test('gives each change its verdict, for renderers', () => {
    const document = withBaseline(seeded('after'), seeded('before'));
    for (const kind of changeKinds) {
      for (const { change, verdict } of changesOf(document, kind)) expect(verdict.verdict).toBe(change.after);
    }
    expect(changesOf(document, 'new-failure')).toHaveLength(seeds.filter(({ kind }) => kind === 'new-failure').length);
    expect(changesOf(recorded, ...changeKinds)).toEqual([]);
  });
});

test('whatever two verdicts are, there is at most one change, and an exit of 1 or 75 only for what is not green', () => {
  const name = fc.constantFrom<VerdictName>(...verdictNames);
  const of = (verdict: VerdictName): Document => {
    const sample = sampleDocument();
    const verdicts = [{ ...sample.verdicts[0]!, verdict }];
    return { ...sample, cells: sample.cells.filter(({ id }) => id === verdicts[0]?.cell), verdicts, counts: countOf(verdicts) };
  };
  fc.assert(
    fc.property(name, name, (before, after) => {
      const older = of(before);
      const document = of(after);
      for (const each of [older, document]) each.cells = each.cells.map((cell) => ({ ...cell, verdict: 'unsupported' }));
      const { changes, exit } = compare(older, document);
      expect(changes.length).toBeLessThanOrEqual(1);
      if (['unsupported', 'pass', 'known'].includes(after)) expect(exit).toBe(0);
      if (before === after) expect(exit).toBe(0);
    }),
  );
});
