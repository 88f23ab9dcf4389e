import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileTexts } from '../testing/report/hostile.ts';
import { clip, escapeText, escapeDeep, escapeLine } from './escape.ts';

// oxlint-disable-next-line no-control-regex
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

test('nothing that is left in an escaped text acts on a terminal or on the direction of a line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileTexts)), (text) => {
      const shown = escapeText(text);
      expect(shown).not.toMatch(acting);
      expect(shown.isWellFormed()).toBe(true);
    }),
  );
});

test('a text without anything hidden stays as it is', () => {
  expect(escapeText('CapEff 0000, π ✓ 中\n\ttabbed')).toBe('CapEff 0000, π ✓ 中\n\ttabbed');
});

test('what was hidden can be read', () => {
  expect(escapeText('\u001b[31m \u202e \ud800')).toBe('\\x1b[31m \\u202e \\ud800');
});

test('an escaped line has one line', () => {
  expect(escapeLine('a\nb\tc')).toBe('a ⏎ b c');
});

test('a clipped text says how much is missing and splits no character', () => {
  expect(clip('abcdef', 3)).toBe('abc… (3 more characters)');
  expect(clip('ab😀cd', 3)).toBe('ab… (4 more characters)');
  expect(escapeText('x'.repeat(1_000_000)).length).toBeLessThan(17_000);
});

test('keys are escaped as values are', () => {
  expect(escapeDeep({ 'a\u001b': ['\u0007', 1, null] })).toEqual({ 'a\\x1b': ['\\x07', 1, null] });
});
