import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naturalOrder } from './order.ts';

const name = fc
  .array(fc.constantFrom('a', 'b', '-', '.', '0', '1', '2', '9', '10', '007'), { maxLength: 6 })
  .map((parts) => parts.join(''));

test('runs of digits are compared as numbers', () => {
  expect(['runc-1.1.15', 'runc-1.1.9', 'crun-1.21'].sort(naturalOrder)).toEqual(['crun-1.21', 'runc-1.1.9', 'runc-1.1.15']);
});

test('natural order is total: only equal texts are equal, and it does not depend on the order of its arguments', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)) + 0);
      expect(naturalOrder(a, b) === 0).toBe(a === b);
    }),
  );
});

test('natural order is transitive', () => {
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      const [x = '', y = '', z = ''] = [a, b, c].sort(naturalOrder);
      expect(naturalOrder(x, y)).toBeLessThanOrEqual(0);
      expect(naturalOrder(y, z)).toBeLessThanOrEqual(0);
      expect(naturalOrder(x, z)).toBeLessThanOrEqual(0);
    }),
  );
});
