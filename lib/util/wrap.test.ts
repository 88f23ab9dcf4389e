import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf, wrap, wrapText } from './wrap.ts';

describe('a text', () => {
  test('is broken at blanks, and its other lines are indented', () => {
    expect(wrap('fix       sudo apt install mmdebstrap', 24, 10)).toEqual([
      'fix       sudo apt',
      '          install',
      '          mmdebstrap',
    ]);
  });

  test('keeps a long word whole, on a line of its own', () => {
    expect(wrap('in /a/path/that/is/longer/than/a/line it is', 20, 2)).toEqual([
      'in',
      '  /a/path/that/is/longer/than/a/line',
      '  it is',
    ]);
  });

  test('has no line that a runner takes for a command', () => {
    expect(wrap('why it ended ::error::x and more', 14, 2)).toEqual(['why it ended ::error::x', '  and more']);
  });

  test('that fits is one line', () => {
    expect(wrap('', 10)).toEqual(['']);
    expect(wrap('exactly 10', 10)).toEqual(['exactly 10']);
  });

  test('loses no word and no line is longer than the width, unless it is one word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 60 }), fc.nat(10), (words, width, indent) => {
        const lines = wrap(words.join(' '), width, indent);
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words);
        for (const line of lines) if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
        for (const line of lines.slice(1)) expect(line.slice(0, indent).trim()).toBe('');
      }),
    );
  });
});

test('each line of a longer text is wrapped by itself, under its own indentation', () => {
  expect(wrapText('one\n  two three four\n\nlast', 12, 2)).toBe('one\n  two three\n    four\n\nlast');
});

test('a reader without columns, or with too few to read, has 80', () => {
  expect(widthOf({ columns: 132 })).toBe(132);
  expect(widthOf({})).toBe(80);
  expect(widthOf({ columns: 0 })).toBe(80);
});
