import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isQuantity, quantity } from './quantity.ts';

test.for([
  ['128Mi', 1, 134_217_728n],
  ['0.5', 1000, 500n],
  ['100m', 1000, 100n],
  ['100m', 1, 1n],
  ['1e3', 1, 1000n],
  ['1E', 1, 10n ** 18n],
  ['1.5Gi', 1, 1_610_612_736n],
  ['1n', 1000, 1n],
  ['-1', 1, -1n],
  ['.5', 1000, 500n],
  ['5.', 1, 5n],
] as const)('the quantity %s in parts of 1/%d is %d, rounded up', ([text, per, value]) => {
  expect(quantity(text, per)).toBe(value);
});

test.for(['', '.', 'Mi', '1 Mi', '1mi', '0x10', '1e', '--1', '1,5', '1KiB', `${'1'.repeat(70)}`])(
  '"%s" is no quantity',
  (text) => {
    expect(isQuantity(text)).toBe(false);
    expect(() => quantity(text)).toThrow('Cannot read the quantity');
  },
);

test('a whole number of any suffix is that many units, and thousandths are never fewer', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom('', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'm', 'u'), (amount, suffix) => {
      const text = `${amount}${suffix}`;
      expect(isQuantity(text)).toBe(true);
      expect(quantity(text, 1000) <= quantity(text) * 1000n).toBe(true);
      expect(quantity(text, 1000) > (quantity(text) - 1n) * 1000n).toBe(true);
    }),
  );
});
