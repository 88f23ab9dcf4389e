import { expect, test } from 'vitest';
import { cellsOf, securityFindings, sentence, worstFindings } from './findings.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { everyVerdict } from './verdicts.ts';

test('the same deviation in two cells is one finding', () => {
  const directory = worstFindings(sampleDocument()).filter((finding) => finding.rule === 'OWN-DIRECTORY');
  expect(directory.map(cellsOf)).toEqual([['debian-13/crio-1.36.3/runc-1.1.15', 'debian-13/crio-1.36.3/crun-1.21']]);
});

test('deviations come before infrastructure, and security before the rest', () => {
  const names = worstFindings(sampleDocument()).map((finding) => finding.verdict);
  expect(names).toEqual(['fail', 'fail', 'fail', 'error', 'blocked', 'fixed']);
  expect(worstFindings(sampleDocument())[0]?.harm).toBe('weakens');
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
