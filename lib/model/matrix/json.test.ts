import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFlaw } from './json.ts';

describe('findJsonFlaw', () => {
  test.each([
    ['{"a": x}', 1, 7, 'expected a value, found "x"'],
    ['{\n  "a": 1,\n}', 3, 1, 'expected a key in double quotes, found "}"'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected a comma, found "\\""'],
    ['{', 1, 2, 'expected "}", found the end of the file'],
    ['', 1, 1, 'expected a value, found the end of the file'],
    ['{"a": 1} {', 1, 10, 'expected the end, found "{"'],
    ['{"a": 1} x', 1, 10, 'expected a value, found "x"'],
    ['{"a" 1}', 1, 6, 'expected ":", found "1"'],
    ['[01]', 1, 3, 'expected a comma, found "1"'],
    ['// no\n{}', 1, 1, 'expected a value, found "/"'],
    ['{"a": 1, "\\u0061": 2}', 1, 10, 'the key "\\u0061" is defined twice'],
  ])('points into %j', (text, line, column, message) => {
    expect(findJsonFlaw(text)).toEqual({ line, column, message });
  });

  test('refuses nesting that would exhaust the stack', () => {
    expect(findJsonFlaw('['.repeat(100_000))?.message).toBe('nested deeper than 100 levels');
  });

  test('finds no flaw in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        expect(findJsonFlaw(JSON.stringify(value, null, indent))).toBeUndefined();
      }),
    );
  });

  test('agrees with JSON.parse on damaged texts', () => {
    const alphabet = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '\n',
      'u00e9',
      'x',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let accepted = true;
        try {
          JSON.parse(text);
        } catch {
          accepted = false;
        }
        const flaw = findJsonFlaw(text);
        if (flaw?.message.endsWith('is defined twice')) return;
        expect(flaw === undefined).toBe(accepted);
      }),
      { numRuns: 2_000 },
    );
  });
});
