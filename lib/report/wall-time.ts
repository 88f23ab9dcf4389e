import type { Document, Span } from '../model/document.ts';
import { covered, peak, type Interval } from '../model/interval.ts';

export interface WallTime {
  /** The whole run. */
  wallMs: number;
  /**
   * What nothing of ours could shorten: hosts to boot, engines to start, and each lease's calls to its engine without a gap,
   * for as many pods at a time as were launched at once. The calls of one pod follow each other, so they stay in one piece,
   * and what may only run alone shares its time with none but its cohort. What a scenario has the host do counts as a call, and a
   * configuration that the engine's program reads, unless it is read meanwhile.
   */
  criticalMs: number;
  /** Wall time by critical path: 1 is ideal. */
  overhead: number;
  /** Where every millisecond went, by phase; together they are the wall time. What fits several counts as the first. */
  phases: Array<{ phase: string; ms: number }>;
}

/** From what nobody can shorten to what is only ours. */
const order = ['host', 'engine', 'cri', 'pod', 'teardown', 'pods', 'artifact'];

/** Accounts for the wall time of one run. Undefined for a merge, and for a run without a span of its whole. */
export function wallTime({ spans, parts }: Pick<Document, 'spans' | 'parts'>): WallTime | undefined {
  const whole = spans.filter(({ phase }) => phase === 'run');
  if (parts.length > 0 || whole.length === 0) return undefined;
  const of = (phase: string): Interval[] => spans.filter((span) => span.phase === phase).map(interval);
  const wallMs = whole.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const criticalMs = covered(of('host')) + covered(of('engine')) + leaseCalls(spans);
  return { wallMs, criticalMs, overhead: criticalMs > 0 ? wallMs / criticalMs : NaN, phases: partedBy(order, spans, wallMs) };
}

/** Wall time by phase: at each moment the first of these that was under way counts, and what is none of them is the rest. */
export function partedBy(phases: readonly string[], spans: readonly Span[], wallMs: number): WallTime['phases'] {
  const before: Interval[] = [];
  const parts = phases.map((phase) => {
    const sofar = covered(before);
    before.push(...spans.filter((span) => span.phase === phase).map(interval));
    return { phase, ms: covered(before) - sofar };
  });
  return [...parts, { phase: 'rest', ms: wallMs - covered(before) }].filter(({ ms }) => ms > 0);
}

/**
 * For each lease's time of pods: its calls, packed into as many rows as there were pods at once. Only what called the engine
 * had a row: cells that share one reading of a configuration each record it, with the same times, though it ran once.
 */
function leaseCalls(spans: readonly Span[]): number {
  const within = (phase: string, lease: Span): Span[] =>
    spans.filter(
      (span) => span.phase === phase && span.startMs >= lease.startMs && span.startMs < lease.startMs + lease.durationMs,
    );
  return spans
    .filter(({ phase }) => phase === 'pods')
    .reduce((sum, lease) => {
      const calls = within('cri', lease);
      const called = new Set(calls.map(({ name }) => name));
      const rows = Math.max(
        1,
        peak(
          within('pod', lease)
            .filter(({ name }) => called.has(name))
            .map(interval),
        ),
      );
      const alone = calls.filter((call) => call.alone === true);
      const others = calls.filter((call) => call.alone !== true && !alone.some((each) => overlap(each, call)));
      const lasted = others.map(({ durationMs }) => durationMs);
      return sum + covered(alone.map(interval)) + leastMakespan(lasted, rows);
    }, 0);
}

/**
 * What no order of unbreakable pieces in so many rows can go below: all of them evenly, and, as of k·rows + 1 pieces some row
 * has k + 1, the shortest k + 1 of the longest k·rows + 1. For k = 0 that is the longest piece.
 */
function leastMakespan(pieces: readonly number[], rows: number): number {
  const longest = pieces.toSorted((a, b) => b - a);
  let least = total(longest) / rows;
  for (let k = 0; k * rows < longest.length; k++) least = Math.max(least, total(longest.slice(k * rows - k, k * rows + 1)));
  return least;
}

function overlap(one: Span, other: Span): boolean {
  return one.startMs < other.startMs + other.durationMs && other.startMs < one.startMs + one.durationMs;
}

function total(some: readonly number[]): number {
  return some.reduce((all, ms) => all + ms, 0);
}

function interval({ startMs, durationMs }: Span): Interval {
  return { from: startMs, to: startMs + durationMs };
}

/**
 * `159.0 s, 1.08 times the critical path of boot, engine start and calls (147.2 s)`. What is more than the wall time, as several
 * machines were up at once, is no path.
 */
export function wallTimeText({ wallMs, criticalMs, overhead }: WallTime): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return Number.isNaN(overhead)
    ? seconds(wallMs)
    : overhead < 1
      ? `${seconds(wallMs)}; boot, engine start and calls, some at once, take ${seconds(criticalMs)} one after the other`
      : `${seconds(wallMs)}, ${overhead.toFixed(2)} times the critical path of boot, engine start and calls (${seconds(criticalMs)})`;
}
