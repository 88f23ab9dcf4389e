import fc from 'fast-check';
import { expect, test } from 'vitest';
import { among, anything, boolean, either, list, nullable, number, object, optional, record, text } from './shape.ts';

const Pod = object({
  name: text,
  uid: optional(number),
  kind: among(['a', 'b']),
  root: boolean,
  groups: list(number),
  reason: nullable(text),
  keys: record(either(text, number)),
});
const pod = { name: 'x', kind: 'a', root: true, groups: [1], reason: null, keys: { a: 'b', c: 1 } };

test('a value of the shape fits, with or without what is optional, and with keys that nobody reads', () => {
  expect(Pod(pod)).toBe(true);
  expect(Pod({ ...pod, uid: 0, more: [] })).toBe(true);
});

test.for([
  ['name', 1],
  ['name', undefined],
  ['uid', null],
  ['kind', 'c'],
  ['root', 'true'],
  ['groups', ['1']],
  ['groups', { 0: 1 }],
  ['reason', undefined],
  ['keys', { a: null }],
  ['keys', ['a']],
] as const)('%s: %j does not fit', ([key, value]) => {
  expect(Pod({ ...pod, [key]: value })).toBe(false);
});

test('a key that only the prototype has is not there', () => {
  expect(object({ toString: anything })({})).toBe(false);
});

test('any JSON is answered with yes or no', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(typeof Pod(value)).toBe('boolean');
    }),
  );
});
