import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Document } from '../model/document.ts';
import { renderAnnotations } from './annotations.ts';
import { renderBadgeJson, renderBadgeSvg } from './badge.ts';
import { withBaseline } from './compare.ts';
import { ctrfChunks } from './ctrf.ts';
import { renderHtml } from '../page/page.ts';
import { renderJson } from './json.ts';
import { junitChunks } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { sampleDocument, sampleEvidence } from '../testing/report/sample.ts';
import { renderTerminal } from './terminal.ts';

const renderers: Record<string, (document: Document) => string> = {
  json: renderJson,
  junit: (document) => [...junitChunks(document)].join(''),
  ctrf: (document) => [...ctrfChunks(document)].join(''),
  markdown: (document) => renderMarkdown(withBaseline(document, sampleDocument())),
  annotations: renderAnnotations,
  badge: (document) => renderBadgeSvg(document) + renderBadgeJson(document),
  terminal: renderTerminal,
  html: (document) => renderHtml(withBaseline(document, sampleDocument()), { evidence: sampleEvidence(sampleDocument()) }),
};

test.for(Object.entries(renderers))(
  '%s gives the same bytes whatever the order of the entries and of their keys',
  ([name, render]) => {
    const expected = render(sampleDocument());
    expect(render(sampleDocument())).toBe(expected);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        expect(render(shuffled(sampleDocument(), () => numbers.next().value ?? 0))).toBe(expected);
      }),
      { numRuns: name === 'html' ? 4 : 10 },
    );
  },
);

test('report.json reads back as the document it was made of', () => {
  const read = Document.parse(JSON.parse(renderJson(sampleDocument())));
  expect(renderJson(read)).toBe(renderJson(sampleDocument()));
  expect(read.verdicts).toHaveLength(sampleDocument().verdicts.length);
});

test('report.json has one verdict a line, so that two runs can be compared by lines', () => {
  const lines = renderJson(sampleDocument()).split('\n');
  expect(lines.filter((line) => line.includes('"scenario":'))).toHaveLength(sampleDocument().verdicts.length);
});

test.for(['json', 'junit', 'ctrf', 'markdown', 'terminal', 'html'])('%s names the accelerator of every host', (name) => {
  const text = renderers[name]?.(sampleDocument()) ?? '';
  expect(text).toContain('tcg');
  expect(text.toLowerCase()).toContain('kvm');
});

/** Lists in another order, keys in another order. */
function shuffled(document: Document, random: () => number): Document {
  const deep = (value: unknown, ordered: boolean): unknown => {
    if (Array.isArray(value))
      return ordered ? value.map((child) => deep(child, true)) : mixed(value, random).map((child) => deep(child, true));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(mixed(Object.entries(value), random).map(([key, child]) => [key, deep(child, ordered)]));
  };
  return Document.parse(deep(document, false));
}

function mixed<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
