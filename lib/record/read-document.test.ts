import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { recordedRuns } from '../testing/recorded.ts';
import { renderJson } from '../report/json.ts';
import { withBaseline } from '../report/compare.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { hostileChanges, hostileDocument, hostileTexts } from '../testing/report/hostile.ts';
import { UsageError } from '../util/errors.ts';
import { type Document, documentSchema } from '../model/document.ts';
import { migrated } from './migrate.ts';
import { parseDocument, readDocument } from './read-document.ts';
import { published } from './schemas.ts';

const version1 = await readFile(new URL('../testing/fixtures/document-1.json', import.meta.url), 'utf8');
const version2 = await readFile(new URL('../testing/fixtures/document-2.json', import.meta.url), 'utf8');
/** A document in the words of schema 4. */
function inOldWords(document: Document): object {
  const words = { question: 'rule', questions: 'rules', layers: 'trail' };
  return JSON.parse(
    renderJson(document).replace(/"(question|questions|layers)":/g, (_, key: keyof typeof words) => `"${words[key]}":`),
  ) as object;
}

const refusal = (text: string): string => {
  try {
    parseDocument(text, 'x/report.json');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return '';
};

describe('report.json', () => {
  it('is read as it was written', () => {
    const document = withBaseline(sampleDocument(), { ...sampleDocument(), verdicts: [] });
    expect(parseDocument(renderJson(document), 'x')).toEqual(JSON.parse(renderJson(document)));
  });

  it('of schema 1, as it was once recorded, is read as one of today', () => {
    expect(JSON.parse(version1)).toMatchObject({ schema: 1 });
    const document = parseDocument(version1, 'x');
    expect(document).toMatchObject({ schema: documentSchema, baseline: null, parts: [], run: { plan: '' } });
    const old = JSON.parse(version1) as { verdicts: Array<{ rule: string; trail?: unknown }> };
    expect(document.verdicts).toEqual(
      old.verdicts.map(({ rule, trail, ...rest }) => ({
        ...rest,
        question: rule,
        ...(trail === undefined ? {} : { layers: trail }),
      })),
    );
    expect(parseDocument(renderJson(document), 'x')).toEqual(document);
  });

  it('of schema 2, as it was once recorded, is read with what weakened security as its harm', () => {
    const old = JSON.parse(version2) as {
      schema: number;
      verdicts: Array<{ security?: boolean }>;
      rules: Array<{ title: string }>;
    };
    expect(old.schema).toBe(2);
    const { schema, questions, known, verdicts } = parseDocument(version2, 'x');
    expect(schema).toBe(documentSchema);
    expect(verdicts.map(({ harm }) => harm === 'weakens')).toEqual(old.verdicts.map(({ security }) => security === true));
    expect(verdicts.filter(({ harm }) => harm === 'weakens').length).toBeGreaterThan(0);
    expect(questions.map(({ asks }) => asks)).toEqual(old.rules.map(({ title }) => title));
    for (const { impact, remedy } of known) expect([impact, remedy]).toEqual(['', 'none known']);
  });

  it('of schema 3 is read without what changed, which compared verdicts of the same cell alone', () => {
    const change = { kind: 'new-failure', cell: 'c', suite: 's', scenario: 'p', rule: 'R', after: 'fail' };
    const compared = { run: 'r', started: '', podproof: '', exit: 1, changes: [change], newCells: ['c'], goneCells: [] };
    const old = { ...inOldWords(sampleDocument()), schema: 3, baseline: compared };
    expect(parseDocument(JSON.stringify(old), 'x')).toEqual(JSON.parse(renderJson(sampleDocument())));
  });

  it('of schema 4 is read with question and layers for rule and trail, in what changed too', () => {
    const document = withBaseline(sampleDocument(), { ...sampleDocument(), verdicts: [] });
    expect(document.baseline?.changes.length).toBeGreaterThan(0);
    const old = JSON.stringify({ ...inOldWords(document), schema: 4 });
    expect(parseDocument(old, 'x')).toEqual(JSON.parse(renderJson(document)));
  });

  it('of today is not migrated, and of any age not changed in place', () => {
    expect(migrated(sampleDocument())).toEqual(sampleDocument());
    const old = JSON.parse(version1) as object;
    migrated(old);
    expect(old).toEqual(JSON.parse(version1));
  });

  it('that is cut short anywhere is refused with a sentence', () => {
    for (const share of [0.01, 0.3, 0.6, 0.9, 0.999]) {
      expect(refusal(version1.slice(0, version1.length * share))).toMatch(/^Cannot read x\/report\.json: it ends in the middle/);
    }
    expect(refusal('')).toMatch(/^Cannot read x\/report\.json: it is no JSON/);
  });

  it.for<[string, unknown, RegExp]>([
    ['a list', [], /no schema number/],
    ['a number', 7, /no schema number/],
    ['nothing', null, /no schema number/],
    ['another program', { $schema: 'https://x', version: '2.1.0', runs: [] }, /no schema number/],
    ['a plan', { schema: 1, hash: 'x', cells: [] }, /it is no report\.json of podproof: run\./],
    ['a schema of another kind', { schema: 'one' }, /no schema number/],
    ['a schema before the first', { schema: 0 }, /it is no report\.json of podproof: schema:/],
    [
      'a later podproof',
      { ...sampleDocument(), schema: documentSchema + 1 },
      /it has schema \d+, and this podproof reads up to \d+: take a newer podproof/,
    ],
    ['a verdict that does not exist', { ...sampleDocument(), verdicts: [{ verdict: 'green' }] }, /verdicts\.0\./],
    [
      'a cell twice',
      { ...sampleDocument(), cells: [...sampleDocument().cells, sampleDocument().cells[0]] },
      /the cell ".*" twice/,
    ],
    [
      'a verdict twice',
      { ...sampleDocument(), verdicts: [...sampleDocument().verdicts, sampleDocument().verdicts[0]] },
      / twice$/,
    ],
    ['a verdict of no cell', { ...sampleDocument(), cells: [] }, /which it does not have$/],
    [
      'wrong counts',
      { ...sampleDocument(), counts: { ...sampleDocument().counts, fail: 0 } },
      /it counts 0 times fail and has \d+$/,
    ],
  ])('of %s is refused with a sentence', ([, value, why]) => {
    expect(refusal(JSON.stringify(value))).toMatch(why);
    expect(refusal(JSON.stringify(value))).not.toContain('\n');
  });

  it('that is not there is refused with its path', async () => {
    await using directory = await temporary();
    const path = join(directory.path, 'report.json');
    await expect(readDocument(path)).rejects.toThrow(path);
    await writeFile(path, renderJson(sampleDocument()));
    expect((await readDocument(path)).run).toEqual(sampleDocument().run);
  });
});

describe('the published JSON Schema', async () => {
  const committed = JSON.parse(await readFile(published.report.file, 'utf8')) as object;
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  const validate = ajv.compile(committed);

  it('carries the schema number in its id', () => {
    expect(committed).toMatchObject({ $id: `urn:podproof:report:${documentSchema}` });
  });

  it.for(recordedRuns())('takes the report of $name', async ({ folder }) => {
    expect(
      validate(JSON.parse(renderJson(await readDocument(join(folder.path, 'report.json'))))),
      ajv.errorsText(validate.errors),
    ).toBe(true);
  });

  it('takes a report with a baseline, and any text in it', () => {
    for (const text of hostileTexts) {
      expect(validate(JSON.parse(renderJson(hostileDocument(text))))).toBe(true);
      expect(validate(JSON.parse(renderJson(hostileChanges(text))))).toBe(true);
    }
  });

  it('takes keys that it does not know, and refuses what lacks one that it does', () => {
    expect(validate({ ...sampleDocument(), later: true })).toBe(true);
    for (const key of Object.keys(sampleDocument())) {
      const { [key as 'run']: _, ...less } = sampleDocument();
      expect(validate(less), key).toBe(false);
    }
    expect(validate(JSON.parse(version1))).toBe(false);
  });
});
