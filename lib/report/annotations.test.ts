import { expect, test } from 'vitest';
import { renderAnnotations } from './annotations.ts';
import { sampleDocument } from '../testing/report/sample.ts';
import { hostileDocument, hostileTexts } from '../testing/report/hostile.ts';

const lines = (document: ReturnType<typeof sampleDocument>): string[] => renderAnnotations(document).split('\n').slice(0, -1);

test('a deviation is an error; what weakens isolation is a warning although it is known, and so is infrastructure', () => {
  const kinds = lines(sampleDocument()).map((line) => /^::(\w+) title=(\w+)/.exec(line)?.slice(1).join(' '));
  expect(kinds).toEqual([
    'error fail',
    'error fail',
    'error fail',
    'error fixed',
    'warning known',
    'warning known',
    'warning error',
    'warning blocked',
  ]);
});

test('a reason that blocks many questions is one warning', () => {
  const document = sampleDocument();
  const [first] = document.verdicts;
  document.cells = [];
  document.verdicts = Array.from({ length: 20 }, (_, index) => ({
    ...{ ...first!, question: `R-${index}`, verdict: 'blocked' as const, reason: 'There is no KVM; load kvm_amd' },
  }));
  expect(lines(document)).toEqual([
    `::warning title=blocked%3A 1 cell%2C 20 questions in ${first?.cell}::There is no KVM; load kvm_amd`,
  ]);
});

test('a run that has neither deviations nor holes has no annotation', () => {
  const document = sampleDocument();
  document.cells = document.cells.filter((cell) => cell.verdict !== 'blocked');
  document.verdicts = document.verdicts.filter(
    (verdict) => verdict.verdict === 'pass' || (verdict.verdict === 'known' && verdict.harm !== 'weakens'),
  );
  document.cells = document.cells.map((cell) => ({ ...cell, verdict: 'pass' }));
  expect(renderAnnotations(document)).toBe('');
});

test.for([8, 9, 200])('of %i findings a kind has at most eight lines, the last of which counts the rest', (many) => {
  const document = sampleDocument();
  const first = document.verdicts[0]!;
  document.cells = [];
  document.verdicts = Array.from({ length: many }, (_, index) => ({ ...first, question: `R-${index}`, verdict: 'fail' }));
  expect(lines(document)).toHaveLength(8);
  if (many > 8) expect(lines(document).at(-1)).toContain(`+${many - 7} more`);
});

test.for(hostileTexts)('hostile text %j starts no command of its own', (text) => {
  for (const line of lines(hostileDocument(text))) {
    expect(line).toMatch(/^::(error|warning) title=[^:,]*::/);
    expect(line).not.toContain('##[');
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
    expect(line.replaceAll(/%(25|3A|2C|0A|0D)/g, '')).not.toContain('%');
  }
});
