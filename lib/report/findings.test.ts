import { expect, test } from 'vitest';
import type { Document, Verdict } from '../record/document.ts';
import { compare } from './compare.ts';
import { cellsOf, securityFindings, sentence, worstFindings } from './findings.ts';
import { sampleDocument } from './sample.ts';
import { everyVerdict } from './verdicts.ts';

const without = (document: Document, part: string): Document => ({
  ...document,
  cells: document.cells.filter((cell) => !cell.id.includes(part)),
  verdicts: document.verdicts.filter((verdict) => !verdict.cell.includes(part)),
});
const changed = (document: Document, pick: (verdict: Verdict) => boolean, change: Partial<Verdict>): Document => ({
  ...document,
  verdicts: document.verdicts.map((verdict) => (pick(verdict) ? { ...verdict, ...change } : verdict)),
});
const isPassing = (verdict: Verdict): boolean => verdict.rule === 'DEV-CGROUP' && verdict.cell.endsWith('1.7.24/crun-1.21');

test('the same deviation in two cells is one finding', () => {
  const directory = worstFindings(sampleDocument()).filter((finding) => finding.rule === 'OWN-DIRECTORY');
  expect(directory.map(cellsOf)).toEqual([['debian-13/crio-1.36.3/runc-1.1.15', 'debian-13/crio-1.36.3/crun-1.21']]);
});

test('deviations come before infrastructure, and security before the rest', () => {
  const names = worstFindings(sampleDocument()).map((finding) => finding.verdict);
  expect(names).toEqual(['fail', 'fail', 'fail', 'error', 'blocked', 'fixed']);
  expect(worstFindings(sampleDocument())[0]?.security).toBe(true);
});

test('a known deviation that weakens isolation is a security finding and no worst finding', () => {
  const isMode = (finding: { rule: string }): boolean => finding.rule === 'OWN-MODE';
  expect(securityFindings(sampleDocument()).some(isMode)).toBe(true);
  expect(worstFindings(sampleDocument()).some(isMode)).toBe(false);
});

test('a cell that never came up has a verdict of its own, with its reason', () => {
  const bare = everyVerdict(sampleDocument()).filter((verdict) => verdict.rule === 'CELL');
  expect(bare).toHaveLength(1);
  expect(bare[0]).toMatchObject({ verdict: 'blocked', observed: expect.stringContaining('kata 4.1.0') as string });
});

test('a known issue that no longer happens asks for a ceiling', () => {
  const fixed = worstFindings(sampleDocument()).find((finding) => finding.verdict === 'fixed');
  expect(fixed && sentence(fixed)).toContain('its record needs a ceiling');
});

test('a run compared with itself has no change', () => {
  const same = compare(sampleDocument(), sampleDocument());
  expect([same.newFailures, same.fixed, same.changed, same.newCells, same.goneCells, same.goneVerdicts].flat()).toEqual([]);
  expect(same.stillKnown).not.toEqual([]);
  expect(same.stillRed).not.toEqual([]);
});

test('a rule that fails now and passed before is a new failure, and the other way round it is fixed', () => {
  const broken = changed(sampleDocument(), isPassing, { verdict: 'fail', observed: 'write: EACCES' });
  expect(compare(sampleDocument(), broken).newFailures.map((change) => change.after.rule)).toEqual(['DEV-CGROUP']);
  expect(compare(broken, sampleDocument()).fixed.map((change) => change.before?.observed)).toEqual(['write: EACCES']);
});

test('a cell that is blocked now and was judged before is a new failure and lost coverage', () => {
  const blocked = without(sampleDocument(), 'debian-12');
  blocked.cells.push({ ...(sampleDocument().cells.at(-1) ?? blocked.cells[0]!), verdict: 'blocked', reason: 'no image' });
  const result = compare(sampleDocument(), blocked);
  expect(result.newFailures.map((change) => change.after.observed)).toEqual(['no image']);
  expect(result.goneVerdicts).toHaveLength(
    sampleDocument().verdicts.filter((verdict) => verdict.cell.includes('debian-12')).length,
  );
  expect(result.goneCells).toEqual([]);
});

test('cells that came and went are named', () => {
  expect(compare(without(sampleDocument(), 'debian-12'), sampleDocument()).newCells).toEqual([
    'debian-12/containerd-1.6.20/runc-1.1.15',
  ]);
  expect(compare(sampleDocument(), without(sampleDocument(), 'debian-12')).goneCells).toEqual([
    'debian-12/containerd-1.6.20/runc-1.1.15',
  ]);
});

test('the same deviation seen with other evidence is a change, unless only temporary names differ', () => {
  const isKnown = (verdict: Verdict): boolean => verdict.verdict === 'known' && verdict.rule === 'OWN-MODE';
  const other = changed(sampleDocument(), isKnown, { observed: '0644' });
  expect(new Set(compare(sampleDocument(), other).changed.map((change) => change.after.rule))).toEqual(new Set(['OWN-MODE']));
  const renamed = changed(sampleDocument(), (verdict) => verdict.rule === 'RVMM-UID' && verdict.verdict === 'pass', {
    observed: 'qemu-system-x86 runs as kata-11111 (1000:1000), groups 993, CapEff 0',
  });
  expect(compare(sampleDocument(), renamed).changed).toEqual([]);
});
