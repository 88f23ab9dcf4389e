import type { Document, Span } from '../record/document.ts';
import { covered, peak, type Interval } from '../record/interval.ts';

export interface WallTime {
  /** The whole run. */
  wallMs: number;
  /**
   * What nothing of ours could shorten: hosts to boot, engines to start, and of each lease's calls to its engine as many at
   * a time as pods were launched at once, without a gap, or the longest pod.
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
  const phases: WallTime['phases'] = [];
  const before: Interval[] = [];
  for (const phase of order) {
    const sofar = covered(before);
    before.push(...of(phase));
    const ms = covered(before) - sofar;
    if (ms > 0) phases.push({ phase, ms });
  }
  const rest = wallMs - covered(before);
  if (rest > 0) phases.push({ phase: 'rest', ms: rest });
  return { wallMs, criticalMs, overhead: criticalMs > 0 ? wallMs / criticalMs : NaN, phases };
}

/** For each lease's time of pods: its calls, packed into as many rows as there were pods at once. */
function leaseCalls(spans: readonly Span[]): number {
  const within = (phase: string, lease: Span): Span[] =>
    spans.filter(
      (span) => span.phase === phase && span.startMs >= lease.startMs && span.startMs < lease.startMs + lease.durationMs,
    );
  return spans
    .filter(({ phase }) => phase === 'pods')
    .reduce((sum, lease) => {
      const calls = within('cri', lease).map(({ durationMs }) => durationMs);
      const rows = Math.max(1, peak(within('pod', lease).map(interval)));
      return sum + Math.max(0, ...calls, calls.reduce((all, ms) => all + ms, 0) / rows);
    }, 0);
}

function interval({ startMs, durationMs }: Span): Interval {
  return { from: startMs, to: startMs + durationMs };
}

/** `2 min 39 s, 1.08 times the critical path of boot, engines and calls`. */
export function wallTimeText({ wallMs, criticalMs, overhead }: WallTime): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return Number.isNaN(overhead)
    ? seconds(wallMs)
    : `${seconds(wallMs)}, ${overhead.toFixed(2)} times the critical path of boot, engine start and calls (${seconds(criticalMs)})`;
}
