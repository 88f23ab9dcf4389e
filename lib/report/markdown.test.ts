import { expect, test } from 'vitest';
import { withBaseline } from './compare.ts';
import { markdownBudget, renderMarkdown } from './markdown.ts';
import { countOf, sampleDocument } from '../testing/report/sample.ts';
import { hostileChanges, hostileDocument, hostileTexts } from '../testing/report/hostile.ts';

test('the summary says how the run ended, under which accelerator, and what is worst', () => {
  const text = renderMarkdown(sampleDocument());
  expect(text).toContain('Exit 1: something deviates that nobody has recorded.');
  expect(text).toContain('accelerator <code>kvm</code>, <code>tcg</code>');
  expect(text).toMatch(/### Weakens isolation, new\n\n.*\n.*\n.*<code>OWN-DIRECTORY<\/code>/);
  expect(text).toMatch(/^## podproof: 3 new findings, 1 weakens isolation\. 2 known causes weaken isolation\.$/m);
  expect(text).toContain('<a href="https://github.com/cri-o/cri-o/issues/9358"><code>crio-mode-0666</code></a>');
  expect(text).toContain('### Left out of the plan');
});

test('an interrupted run is never shown as complete', () => {
  const document = sampleDocument();
  document.run.complete = false;
  expect(renderMarkdown(document)).toContain('is not complete');
});

test('a summary of a huge run stays within the budget of bytes and says what it left out', () => {
  const base = sampleDocument();
  const verdicts = Array.from({ length: 20_000 }, (_, index) => ({
    ...base.verdicts[0]!,
    verdict: 'fail' as const,
    question: `RULE-${index}`,
    observed: '中'.repeat(200),
  }));
  const text = renderMarkdown({ ...base, verdicts, counts: countOf(verdicts) });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(markdownBudget);
  expect(Buffer.byteLength(text)).toBeGreaterThan(markdownBudget * 0.95);
  expect(text).toMatch(/Left out, as a step summary has a limit: \d+ of 20\d\d\d rows of “Deviates, new”/);
});

test('a summary that fits leaves nothing out', () => {
  expect(renderMarkdown(sampleDocument())).not.toContain('Left out, as a step summary has a limit');
});

test('what changed since a baseline comes after the findings', () => {
  const before = sampleDocument();
  before.verdicts = before.verdicts.map((verdict) =>
    verdict.question === 'OWN-DIRECTORY' ? { ...verdict, verdict: 'pass', answer: 'other', harm: undefined } : verdict,
  );
  const text = renderMarkdown(withBaseline(sampleDocument(), before));
  expect(text.indexOf('### Weakens isolation, new')).toBeGreaterThan(0);
  expect(text.indexOf('- Same versions')).toBeGreaterThan(text.indexOf('### Weakens isolation, new'));
  expect(text.indexOf('### Newly weaker')).toBeGreaterThan(text.indexOf('- Same versions'));
});

test.for(hostileTexts)('hostile text %j has no meaning in Markdown or HTML', (text) => {
  const page = renderMarkdown(hostileDocument(text)) + renderMarkdown(hostileChanges(text));
  const bare = page.replaceAll(/<a href="https:\/\/[\w./#%?=~-]+">(.*?)<\/a>/g, '$1').replaceAll(/<\/?code>|<br>/g, '');
  expect(bare).not.toMatch(/[<>`[\]@\\]|!\[|www\.|https?:/);
  // oxlint-disable-next-line no-control-regex
  expect(bare).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
  for (const line of bare.split('\n')) {
    expect(line).toMatch(/^(\||#|- |Run|Exit|Changes|$)/);
    expect(line).not.toMatch(/^#(?! podproof|# podproof|## [A-Z])/);
  }
});

test('every row of a table has as many cells as its heading', () => {
  const tables = renderMarkdown(hostileDocument(hostileTexts[7]))
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
    .filter((rows) => rows.length > 0);
  for (const rows of tables) expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1);
});
