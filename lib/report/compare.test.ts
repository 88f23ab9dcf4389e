import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { changeKinds, type Change, type ChangeKind } from '../model/baseline.ts';
import type { Document, Verdict } from '../model/document.ts';
import { verdictNames, type VerdictName } from '../model/verdict.ts';
import { readDocument } from '../record/read-document.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { recordedRuns } from '../testing/recorded.ts';
import { countOf, sampleDocument } from '../testing/report/sample.ts';
import { catalogFor } from '../verbs/catalog.ts';
import { changesOf, compare, withBaseline } from './compare.ts';
import { headlines, remarks, totals } from './comparison-text.ts';

const without = (document: Document, part: string): Document => ({
  ...document,
  cells: document.cells.filter((cell) => !cell.id.includes(part)),
  verdicts: document.verdicts.filter((verdict) => !verdict.cell.includes(part)),
});
const changed = (document: Document, pick: (verdict: Verdict) => boolean, change: Partial<Verdict>): Document => ({
  ...document,
  verdicts: document.verdicts.map((verdict) => (pick(verdict) ? { ...verdict, ...change } : verdict)),
});
const recorded = async (name: string): Promise<Document> => {
  const folder = recordedRuns().find((run) => run.name === name)?.folder;
  if (folder === undefined) throw new Error(`results/reference has no ${name}`);
  return judgeFolder(folder, catalogFor(await folder.plan()));
};

test('a run compared with itself has no change', () => {
  const same = compare(sampleDocument(), sampleDocument());
  expect([same.changes, same.gone, same.goneCells, same.exit]).toEqual([[], [], [], 0]);
  expect(totals(same)).toMatchObject({ 'newly-broken': 0, mended: 0, 'not-comparable': 0 });
  expect(totals(same).same).toBeGreaterThan(20);
});

test('a cell that is blocked now and was judged before is newly unjudged, and its earlier verdicts are gone', () => {
  const blocked = without(sampleDocument(), 'debian-12');
  blocked.cells.push({ ...(sampleDocument().cells.at(-1) ?? blocked.cells[0]!), verdict: 'blocked', reason: 'no image' });
  const judged = sampleDocument().verdicts.filter(
    ({ cell, verdict }) => cell.includes('debian-12') && verdict !== 'unsupported',
  ).length;
  const { changes, gone, goneCells, exit } = compare(sampleDocument(), blocked);
  expect(changes.map(({ kind }) => kind)).toEqual(['newly-unjudged']);
  expect(gone).toHaveLength(judged);
  expect([goneCells, exit]).toEqual([[], 75]);
});

test('a cell that the baseline does not have is not comparable, and nothing in it is new, but it says so', () => {
  const more = changed(sampleDocument(), ({ cell }) => cell.includes('debian-12'), { verdict: 'fail' });
  const baseline = compare(without(sampleDocument(), 'debian-12'), more);
  const { before, counts } = baseline.pairs.find(({ cell }) => cell.startsWith('debian-12'))!;
  expect(before).toBeUndefined();
  expect(counts['not-comparable']).toBe(more.verdicts.filter(({ cell }) => cell.includes('debian-12')).length);
  expect([baseline.changes, baseline.exit]).toEqual([[], 0]);
  expect(remarks({ ...more, baseline }).join()).toMatch(/in 1 cell not comparable, as the baseline has no cell to pair/);
  expect(remarks({ ...more, baseline }).join()).toMatch(/\d failures among what is not comparable, not recorded/);
  expect(compare(more, without(more, 'debian-12')).goneCells).toEqual(['debian-12/containerd-1.6.20/runc-1.1.5']);
});

test('only temporary names that differ are no change', () => {
  const renamed = sampleDocument();
  for (const verdict of renamed.verdicts) verdict.observed = verdict.observed.replace(/which is kata-\d+/, 'which is kata-11111');
  expect(renamed).not.toEqual(sampleDocument());
  expect(compare(sampleDocument(), renamed).changes).toEqual([]);
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

describe('recorded runs of two versions', async () => {
  const told = (older: Document, document: Document) => {
    const { changes, ...baseline } = compare(older, document);
    const shown = changes
      .filter(({ kind }) => kind !== 'not-comparable')
      .map(({ kind, cell, scenario, question }) => `${kind}: ${cell.slice(cell.lastIndexOf('/') + 1)} ${scenario} ${question}`);
    const whys = changes.flatMap(({ why }) => why ?? []);
    return {
      shown,
      whys: new Set(whys),
      exit: baseline.exit,
      lines: headlines(withBaseline(document, older)),
      gone: baseline.gone,
    };
  };

  it('containerd 1.7.24 → 2.3.4 has CDI mended, and calls nothing new that 1.7.24 never ran', async () => {
    const { shown, whys, exit, lines, gone } = told(await recorded('containerd-1.7.24'), await recorded('containerd-2.3.4'));
    expect(lines).toEqual([
      'containerd 1.7.24 → 2.3.4: 0 newly weaker, 0 newly broken, 6 mended, 4 changed evidence, 83 the same, 32 not comparable',
    ]);
    expect(shown).toEqual(
      ['mended: crun-1.21 cdi DEV-CDI', 'mended: crun-1.21 cdi-off DEV-CDI-OFF', 'mended: crun-1.21 cdi OWN-CDI']
        .concat(['mended: runc-1.1.15 cdi DEV-CDI', 'mended: runc-1.1.15 cdi-off DEV-CDI-OFF', 'mended: runc-1.1.15 cdi OWN-CDI'])
        .concat(['changed-evidence: crun-1.21 plain ID-CONFIG', 'changed-evidence: crun-1.21 sandbox-first PRIV-SANDBOX-FIRST'])
        .concat([
          'changed-evidence: runc-1.1.15 plain ID-CONFIG',
          'changed-evidence: runc-1.1.15 sandbox-first PRIV-SANDBOX-FIRST',
        ]),
    );
    expect([whys, exit, gone]).toEqual([new Set(['not-run', 'inapplicable']), 0, []]);
  });

  it('CRI-O 1.30.14 → 1.36.3 is the same in all that 1.30.14 ran, and not comparable in the rest', async () => {
    const { shown, whys, exit, lines, gone } = told(await recorded('crio-1.30.14'), await recorded('crio-1.36.3'));
    expect(lines).toEqual(['CRI-O 1.30.14 → 1.36.3: 0 newly weaker, 0 newly broken, 0 mended, 10 the same, 83 not comparable']);
    expect([shown, whys, exit]).toEqual([[], new Set(['not-run']), 0]);
    expect(gone.map(({ cell, question }) => `${cell} ${question}`)).toEqual([
      'debian-13/crio-1.30.14/crun-1.21 HYG-HOST-NULL',
      'debian-13/crio-1.30.14/runc-1.1.15 HYG-HOST-NULL',
    ]);
  });

  it('Kata 3.30.0 → 4.1.0 leaves a directory of the shim in place of those of a rootless VMM', async () => {
    const older = await recorded('kata-3.30.0-go-containerd-1.7.24');
    const { shown, whys, exit, lines, gone } = told(older, await recorded('kata-4.1.0-go-containerd-1.7.24'));
    expect(lines).toEqual([
      'Kata Containers 3.30.0 → 4.1.0 (Go, QEMU): 0 newly weaker, 0 newly broken, 0 mended, 6 changed evidence, 29 the same, 1 not comparable',
    ]);
    expect(shown).toEqual(
      [
        'plain ID-CONFIG',
        'plain ID-GUEST-OWN',
        'withheld PRIV-KATA-ISOLATED',
        'killed RVMM-LEFTOVERS',
        'rootless RVMM-LEFTOVERS',
        'twins RVMM-DISTINCT',
      ].map((what) => `changed-evidence: kata-4.1.0-go-qemu ${what}`),
    );
    expect([whys, exit, gone.length]).toEqual([new Set(['inapplicable']), 0, 44]);
  });

  it('the newer one is never a baseline of the older one', async () => {
    const { pairs, goneCells } = compare(await recorded('crio-1.36.3'), await recorded('crio-1.30.14'));
    expect(pairs.map(({ before }) => before)).toEqual([undefined, undefined]);
    expect(goneCells).toHaveLength(2);
  });

  it('turned round on the same versions, what was mended is newly weaker, newly broken, or harmless', async () => {
    const [older, newer] = [await recorded('containerd-1.7.24'), await recorded('containerd-2.3.4')];
    const renamed = (document: Document, version: string): Document => ({
      ...document,
      cells: document.cells.map((cell) => ({ ...cell, engine: { ...cell.engine, version } })),
    });
    const { changes, exit } = compare(renamed(newer, '1.0.0'), renamed(older, '2.0.0'));
    const turned = changes.filter(({ kind }) => kind.startsWith('newly-'));
    expect(new Set(turned.map(({ kind, question }) => `${kind} ${question}`))).toEqual(
      new Set(['newly-weaker DEV-CDI', 'newly-weaker OWN-CDI', 'newly-broken DEV-CDI-OFF']),
    );
    expect(exit).toBe(1);
  });
});

describe('two recorded runs with a verdict of every kind', async () => {
  const runs = await Promise.all(recordedRuns().map(({ folder }) => readDocument(`${folder.path}/report.json`)));

  test('each judged verdict of the newer one is in exactly one class, whatever the two runs', () => {
    fc.assert(
      fc.property(fc.constantFrom(...runs), fc.constantFrom(...runs), (older, document) => {
        const { pairs, changes } = compare(older, document);
        for (const { cell, counts, before } of pairs) {
          const judged = document.verdicts.filter((each) => each.cell === cell && each.verdict !== 'unsupported').length;
          expect(changeKinds.reduce((sum, kind) => sum + counts[kind], 0)).toBe(judged);
          const own = changes.filter((change) => change.cell === cell);
          const untold: ChangeKind[] = ['same', 'still-unjudged', ...(before === undefined ? ['not-comparable' as const] : [])];
          for (const kind of changeKinds)
            expect(own.filter((change) => change.kind === kind)).toHaveLength(untold.includes(kind) ? 0 : counts[kind]);
          expect(new Set(own.map(({ suite, scenario, question }) => `${suite} ${scenario} ${question}`)).size).toBe(own.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the order of entries changes nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...runs), fc.constantFrom(...runs), fc.infiniteStream(fc.nat()), (older, document, seeds) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((item) => ({ item, at: seeds.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
        const mixed = (each: Document): Document => ({
          ...each,
          cells: shuffled(each.cells),
          hosts: shuffled(each.hosts),
          verdicts: shuffled(each.verdicts),
        });
        expect(compare(mixed(older), mixed(document))).toEqual(compare(older, document));
      }),
      { numRuns: 40 },
    );
  });

  test('each change finds its verdict, for renderers', () => {
    const [older, document] = ['containerd-1.7.24', 'containerd-2.3.4'].map((id) => runs.find(({ run }) => run.id === id)!);
    const compared = withBaseline(document!, older!);
    expect(changesOf(compared, 'mended')).toHaveLength(6);
    for (const { change, verdict } of changesOf(compared, ...changeKinds)) expect(verdict.verdict).toBe(change.after);
    expect(changesOf(document!, ...changeKinds)).toEqual([]);
  });
});

test('whatever two verdicts are, there is one class at most, and an exit of 1 or 75 only for what the baseline could know or nobody could judge', () => {
  const name = fc.constantFrom<VerdictName>(...verdictNames);
  const of = (verdict: VerdictName): Document => {
    const sample = sampleDocument();
    const verdicts = [{ ...sample.verdicts[0]!, verdict }];
    const cells = sample.cells.filter(({ id }) => id === verdicts[0]?.cell);
    return { ...sample, cells: cells.map((cell) => ({ ...cell, verdict: 'unsupported' })), verdicts, counts: countOf(verdicts) };
  };
  fc.assert(
    fc.property(name, name, (before, after) => {
      const { changes, exit } = compare(of(before), of(after));
      expect(changes.length).toBeLessThanOrEqual(1);
      const [change] = changes as [Change?];
      expect(exit).toBe(
        change?.kind === 'newly-unjudged' ? (after === 'void' ? 1 : 75) : change?.kind === 'newly-broken' ? 1 : 0,
      );
      if (before === after) expect(exit).toBe(0);
    }),
  );
});
