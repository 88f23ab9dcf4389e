import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress, writeAddress } from './address.ts';

test('an address is read as it was written, whatever its texts are', () => {
  const text = fc.string({ unit: 'binary' }).filter((each) => each.isWellFormed());
  const address = fc.record({
    only: text,
    cell: text,
    suite: text,
    question: text,
    open: text,
    cells: fc.constantFrom('', 'all'),
  });
  fc.assert(
    fc.property(address, (each) => {
      expect(readAddress(writeAddress(each))).toEqual(each);
    }),
  );
});

test('any text after # is an address', () => {
  fc.assert(
    fc.property(fc.string(), (hash) => {
      expect(['', 'all']).toContain(readAddress(`#${hash}`).cells);
    }),
  );
});

test('an address that says nothing is empty', () => {
  expect(writeAddress({})).toBe('#');
  expect(writeAddress({ cell: 'a/b', question: '' })).toBe('#cell=a%2Fb');
});
