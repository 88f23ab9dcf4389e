import fc from 'fast-check';
import { expect, it } from 'vitest';
import { glob } from './glob.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '-', '*'), maxLength: 8 });
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '-'), maxLength: 12 });

it('matches as the regular expression does in which a star is any text', () => {
  fc.assert(
    fc.property(word, name, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'is');
      expect(glob(pattern)(text)).toBe(expression.test(text));
    }),
  );
});

it('ends at once on a pattern of many stars', () => {
  expect(glob(`${'*a'.repeat(40)}*b`)('a'.repeat(5_000))).toBe(false);
  expect(glob(`${'*a'.repeat(40)}*`)('a'.repeat(5_000))).toBe(true);
});
