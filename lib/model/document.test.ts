import { expect, test } from 'vitest';
import { sampleDocument } from '../testing/report/sample.ts';
import { Document, documentSchema } from './document.ts';
import { verdictNames } from './verdict.ts';

test('a document survives its way through JSON', () => {
  const document = sampleDocument();
  expect(Document.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
});

test('a document may carry more than this version knows, and nothing less', () => {
  const document = sampleDocument();
  expect(Document.parse({ ...document, later: true })).toEqual(document);
  for (const key of Object.keys(document)) {
    const { [key as keyof Document]: _, ...less } = document;
    expect(Document.safeParse(less).success, key).toBe(false);
  }
});

test('a document of another schema is not read', () => {
  expect(Document.safeParse({ ...sampleDocument(), schema: documentSchema + 1 }).success).toBe(false);
});

test('a document counts every verdict that there is', () => {
  const { counts } = sampleDocument();
  expect(Object.keys(counts).sort()).toEqual([...verdictNames].sort());
  const { pass: _, ...less } = counts;
  expect(Document.safeParse({ ...sampleDocument(), counts: less }).success).toBe(false);
});
