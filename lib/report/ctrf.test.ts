import { expect, test } from 'vitest';
import { type CTRFReport, validate, validateStrict } from 'ctrf';
import type { Document } from '../model/document.ts';
import { ctrfChunks } from './ctrf.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { hostileDocument, hostileTexts } from '../testing/report/hostile.ts';
import { everyVerdict } from './verdicts.ts';

const empty: Document = { ...sampleDocument(), verdicts: [], cells: [], hosts: [], questions: [] };
empty.run = { ...empty.run, started: '', ended: '' };

test.for<[string, Document]>([
  ['a run', sampleDocument()],
  ['a run in which nothing was recorded', empty],
  ['a run of hostile words', hostileDocument(hostileTexts.join(' '))],
])('the report of %s is valid by the schema that CTRF publishes', ([, document]) => {
  const report = JSON.parse([...ctrfChunks(document)].join('')) as object;
  expect(validate(report)).toMatchObject({ valid: true });
  expect(validate({ ...report, results: {} })).toMatchObject({ valid: false });
});

const read = (document: Document): CTRFReport['results'] => {
  const report: unknown = JSON.parse([...ctrfChunks(document)].join(''));
  validateStrict(report);
  return report.results;
};

test('the summary counts what the tests say', () => {
  const { summary, tests } = read(sampleDocument());
  expect(tests).toHaveLength(everyVerdict(sampleDocument()).length);
  for (const status of ['passed', 'failed', 'skipped', 'other', 'pending'] as const) {
    expect(summary[status]).toBe(tests.filter((each) => each.status === status).length);
  }
  expect(summary.duration).toBe(159_045);
});

test('a known deviation is never passed, and infrastructure is failed', () => {
  const { tests } = read(sampleDocument());
  const statuses = (raw: string): string[] => [
    ...new Set(tests.filter((each) => each.rawStatus === raw).map((each) => each.status)),
  ];
  expect(statuses('known')).toEqual(['other']);
  expect(statuses('unsupported')).toEqual(['skipped']);
  expect(statuses('blocked')).toEqual(['failed']);
  expect(statuses('pass')).toEqual(['passed']);
});

test('a verdict has the same id in every run, and no other verdict has it', () => {
  const later = sampleDocument();
  later.run.id = 'another';
  const ids = read(sampleDocument()).tests.map((each) => each.id);
  expect(read(later).tests.map((each) => each.id)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test.for(hostileTexts)('hostile text %j keeps the structure and hides nothing', (text) => {
  read(hostileDocument(text));
  // oxlint-disable-next-line no-control-regex
  expect([...ctrfChunks(hostileDocument(text))].join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]|\\u00[01]/);
});
