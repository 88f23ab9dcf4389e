import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleDocument } from '../testing/report/sample.ts';
import { shares, wallMs } from './shares.ts';

const spans = (list: Array<[string, number, number]>) => ({
  ...sampleDocument(),
  run: { ...sampleDocument().run, started: '2026-11-20T10:00:00Z', ended: '2026-11-20T10:00:10Z' },
  spans: list.map(([phase, startMs, durationMs]) => ({ phase, name: phase, startMs, durationMs })),
});

test('at each moment the most specific phase counts, and the rest is said', () => {
  const document = spans([
    ['host', 0, 4000],
    ['engine', 3000, 2000],
    ['pod', 4500, 1000],
    ['pod', 5000, 1000],
  ]);
  expect(wallMs(document)).toBe(10_000);
  expect(Object.fromEntries(shares(document).map(({ phase, ms }) => [phase, ms]))).toEqual({
    host: 3000,
    engine: 1500,
    pod: 1500,
    rest: 4000,
  });
});

test('the shares always make the whole wall time', () => {
  const span = fc.tuple(fc.constantFrom('pod', 'host', 'engine', 'artifact', 'pods', 'x'), fc.nat(20_000), fc.nat(20_000));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), (list) => {
      const document = spans(list);
      const parts = shares(document);
      expect(parts.every(({ ms }) => ms > 0)).toBe(true);
      expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(wallMs(document), 6);
    }),
  );
});

test('a run that was resumed on another day is as long as its pieces', () => {
  const document = spans([['pod', 0, 8000]]);
  expect(wallMs({ ...document, run: { ...document.run, ended: '2026-11-23T10:00:00Z' } })).toBe(8000);
});
