import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Span } from '../model/document.ts';
import { covered, peak } from '../model/interval.ts';
import { wallTime, wallTimeText } from './wall-time.ts';

const span = (phase: string, startMs: number, durationMs: number, name = phase): Span => ({ phase, name, startMs, durationMs });
const pod = (name: string, startMs: number, durationMs: number, callsMs = durationMs): Span[] => [
  span('pod', startMs, durationMs, name),
  span('cri', startMs, callsMs, name),
];
const run = [
  span('run', 0, 30_000),
  span('artifact', 0, 500),
  span('host', 500, 3_500),
  span('engine', 4_000, 4_000),
  span('pods', 8_000, 20_000),
  // Two at a time: 9 to 17 and 9 to 19, then 19 to 27; each waits a second for nobody.
  ...[...pod('a', 9_000, 8_000, 7_000), ...pod('b', 9_000, 10_000, 9_000), ...pod('c', 19_000, 8_000, 7_000)],
  span('teardown', 28_000, 1_500),
];

it('accounts for every millisecond of a run, each once', () => {
  const time = wallTime({ spans: run, parts: [] });
  expect(time?.wallMs).toBe(30_000);
  expect(time?.phases).toEqual([
    { phase: 'host', ms: 3_500 },
    { phase: 'engine', ms: 4_000 },
    { phase: 'cri', ms: 16_000 },
    { phase: 'pod', ms: 2_000 },
    { phase: 'teardown', ms: 1_500 },
    { phase: 'pods', ms: 2_000 },
    { phase: 'artifact', ms: 500 },
    { phase: 'rest', ms: 500 },
  ]);
  expect(time?.phases.reduce((sum, { ms }) => sum + ms, 0)).toBe(time?.wallMs);
});

it('takes for critical what nothing of ours could shorten: boot, engine start, and calls without a gap', () => {
  // 3.5 s and 4 s, and in two rows 7, 7 and 9 s of calls.
  const time = wallTime({ spans: run, parts: [] });
  expect(time?.criticalMs).toBe(3_500 + 4_000 + 14_000);
  expect(time === undefined ? '' : wallTimeText(time)).toBe(
    '30.0 s, 1.40 times the critical path of boot, engine start and calls (21.5 s)',
  );
});

it('calls nothing a critical path that is longer than the run, as of machines that were up at once', () => {
  const spans = [span('run', 0, 10_000), span('host', 0, 9_000), span('pods', 9_000, 1_000), ...pod('one', 9_000, 1_000)];
  const more = [...spans, span('pods', 9_000, 1_000)];
  const time = wallTime({ spans: more, parts: [] });
  expect(time === undefined ? '' : wallTimeText(time)).toBe(
    '10.0 s; boot, engine start and calls, some at once, take 11.0 s one after the other',
  );
});

it.each([
  { title: 'the longest pod', rows: [90, 10], more: [], criticalMs: 90 },
  { title: 'all calls evenly', rows: [50, 50], more: [20, 20, 20, 20], criticalMs: 90 },
  { title: 'the two that share a row', rows: [100, 90, 80], more: [70], criticalMs: 150 },
])('is never shorter than $title', ({ rows, more, criticalMs }) => {
  const spans = [
    ...[span('run', 0, 600), span('pods', 0, 600)],
    ...rows.flatMap((ms, index) => pod(`first ${index}`, 0, ms)),
    ...more.flatMap((ms, index) => pod(`later ${index}`, 100 + 100 * index, ms)),
  ];
  expect(wallTime({ spans, parts: [] })?.criticalMs).toBe(criticalMs);
});

it('lets nothing share the time of what may only run alone', () => {
  const alone = pod('alone', 100, 30).map((each) => ({ ...each, alone: true as const }));
  const spans = [span('run', 0, 140), span('pods', 0, 140), ...pod('a', 0, 50), ...pod('b', 0, 90), ...alone];
  expect(wallTime({ spans, parts: [] })?.criticalMs).toBe(90 + 30);
});

it('counts the time of a cohort once, though it ran alone', () => {
  const cohort = [...pod('one', 100, 30), ...pod('two', 110, 30)].map((each) => ({ ...each, alone: true as const }));
  const spans = [span('run', 0, 150), span('pods', 0, 150), ...pod('a', 0, 90), ...cohort];
  expect(wallTime({ spans, parts: [] })?.criticalMs).toBe(90 + 40);
});

it('counts no reading that goes on beside what runs alone', () => {
  const alone = pod('alone', 100, 30).map((each) => ({ ...each, alone: true as const }));
  const spans = [span('run', 0, 140), span('pods', 0, 140), ...pod('a', 0, 90), ...alone, ...pod('reading', 110, 20)];
  expect(wallTime({ spans, parts: [] })?.criticalMs).toBe(90 + 30);
});

it('gives no row to a cell that shares what another one read', () => {
  const readings = ['a', 'b', 'c', 'd'].map((cell) => span('pod', 0, 10, cell));
  const spans = [span('run', 0, 100), span('pods', 0, 100), ...readings, ...pod('e', 10, 40), ...pod('f', 50, 40)];
  expect(wallTime({ spans, parts: [] })?.criticalMs).toBe(80);
});

it('says nothing of a run that was recorded without its whole, or of a merge', () => {
  expect(wallTime({ spans: run.slice(1), parts: [] })).toBeUndefined();
});

it('counts time that overlaps once, and never more than there is', () => {
  const intervals = fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)).map(([from, length]) => ({ from, to: from + length })));
  fc.assert(
    fc.property(intervals, (list) => {
      const moments = new Set(list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)));
      expect(covered(list)).toBe(moments.size);
      const at = (moment: number): number => list.filter(({ from, to }) => from <= moment && moment < to).length;
      expect(peak(list.filter(({ from, to }) => from < to))).toBe(Math.max(0, ...[...moments].map(at)));
    }),
    { numRuns: 30 },
  );
});
