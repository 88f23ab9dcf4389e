import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collapsePairs, collapseVersions, neighbours, rangeText, versionOrder } from './ranges.ts';

const value = fc.constantFrom('pass', 'fail', 'known');
const version = fc.constantFrom('1.6.20', '1.7.0-rc.1', '1.7.24', '2.1.9', '2.3.4', '10.0', 'nightly');
const points = fc.uniqueArray(fc.record({ version, value }), { selector: (point) => point.version });
const pairs = fc.uniqueArray(fc.record({ engine: version, runtime: version, value }), {
  selector: ({ engine, runtime }) => `${engine} ${runtime}`,
  maxLength: 30,
});

test('equal neighbouring versions are one range, and a range ends where something else is true', () => {
  const of = (version: string, value: string): { version: string; value: string } => ({ version, value });
  const ranges = collapseVersions([
    of('3.15.0', 'ok'),
    of('3.8.0', '000'),
    of('3.2.0', 'ok'),
    of('3.14.0', '000'),
    of('3.7.0', 'ok'),
  ]);
  expect(ranges.map(({ versions, value }) => `${rangeText(versions)}: ${value}`)).toEqual([
    '3.2.0 · 3.7.0: ok',
    '3.8.0 · 3.14.0: 000',
    '3.15.0: ok',
  ]);
});

test('a range names every tested version, or says how many there are between two of them, and never claims what lies between', () => {
  expect(rangeText([])).toBe('none');
  expect(rangeText(['1.24.6', '1.30.14', '1.36.3'])).toBe('1.24.6 · 1.30.14 · 1.36.3');
  expect(rangeText(['1.24.6', '1.30.14', '1.36.3'], 3)).toBe('1.24.6 · 1.30.14 · 1.36.3');
  expect(rangeText(['1.24.6', '1.30.14', '1.36.3'], 2)).toBe('3 tested: 1.24.6 … 1.36.3');
});

test('versions are ordered as versions are, and what is none comes last', () => {
  const sorted = ['2.0.0', 'main', '1.0.0-rc10', '1.0.0', '1.0.0-rc9', '1.10', '1.9', 'a'].sort(versionOrder);
  expect(sorted).toEqual(['1.0.0-rc9', '1.0.0-rc10', '1.0.0', '1.9', '1.10', '2.0.0', 'a', 'main']);
});

test('ranges keep every version and its value, whatever the order of the points, and no two neighbours are equal', () => {
  fc.assert(
    fc.property(points, fc.infiniteStream(fc.nat()), (list, keys) => {
      const ranges = collapseVersions(list);
      const back = ranges.flatMap((range) => range.versions.map((version) => ({ version, value: range.value })));
      expect(back).toEqual([...list].sort((a, b) => versionOrder(a.version, b.version)));
      for (const [index, range] of ranges.entries()) expect(range.value).not.toBe(ranges[index + 1]?.value);
      const shuffled = list.map((point) => ({ point, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
      expect(collapseVersions(shuffled.map(({ point }) => point))).toEqual(ranges);
    }),
  );
});

test('every tested pair is in exactly one range of pairs, with its value', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const ranges = collapsePairs(list);
      for (const { engine, runtime, value } of list) {
        const holding = ranges.filter(
          (range) => range.engines.includes(engine) && range.runtimes.includes(runtime) && range.value === value,
        );
        expect(holding).toHaveLength(1);
      }
    }),
  );
});

test('no range of pairs claims a value against a tested pair', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      for (const range of collapsePairs(list)) {
        const inside = list.filter(({ engine, runtime }) => range.engines.includes(engine) && range.runtimes.includes(runtime));
        expect(new Set(inside.map(({ value }) => value))).toEqual(new Set([range.value]));
      }
    }),
  );
});

test('engines that say the same of the same runtimes are one range', () => {
  const of = (engine: string, runtime: string, value: string) => ({ engine, runtime, value });
  expect(
    collapsePairs([
      of('2.0', '3.15', 'ok'),
      of('1.7', '3.8', 'bad'),
      of('1.7', '3.15', 'ok'),
      of('2.0', '3.8', 'bad'),
      of('2.1', '3.15', 'ok'),
    ]),
  ).toEqual([
    { engines: ['1.7', '2.0'], runtimes: ['3.8'], value: 'bad' },
    { engines: ['1.7', '2.0'], runtimes: ['3.15'], value: 'ok' },
    { engines: ['2.1'], runtimes: ['3.15'], value: 'ok' },
  ]);
  expect(collapsePairs([of('1.6', '1.1.5', 'ok'), of('1.7', '1.1.15', 'ok')])).toEqual([
    { engines: ['1.6', '1.7'], runtimes: ['1.1.5', '1.1.15'], value: 'ok' },
  ]);
});

test('neighbours are grouped in their order, and nothing is lost', () => {
  expect(neighbours([1, 1, 2, 1], Object.is)).toEqual([[1, 1], [2], [1]]);
  expect(neighbours([], Object.is)).toEqual([]);
});
