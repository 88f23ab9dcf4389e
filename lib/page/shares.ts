import type { Document } from '../model/document.ts';

/** Phases from the most specific on: where several are under way, the first one counts. */
const phases = ['pod', 'engine', 'host', 'artifact'] as const;

export interface Share {
  phase: (typeof phases)[number] | 'rest';
  ms: number;
}

/** How long the run took, in milliseconds; at least as long as its last piece. */
export function wallMs({ run, spans }: Document): number {
  const last = spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), 1);
  const took = Date.parse(run.ended) - Date.parse(run.started);
  // The start of a merge or of a resumed run may be another day's: then the pieces say how long the work took.
  return Number.isFinite(took) && took > last && took < 2 * last + 60_000 ? took : last;
}

/** The wall time of a run that was recorded before each piece was accounted for, parted into phases, and what belongs to none: nothing is counted twice and nothing left out. */
export function shares(document: Document): Share[] {
  const total = wallMs(document);
  const edges: Array<{ at: number; phase: number; by: 1 | -1 }> = document.spans.flatMap((span) => {
    const phase = phases.findIndex((candidate) => candidate === span.phase);
    if (phase === -1 || span.durationMs <= 0) return [];
    const start = Math.max(0, span.startMs);
    const end = Math.min(total, span.startMs + span.durationMs);
    return end <= start
      ? []
      : [
          { at: start, phase, by: 1 as const },
          { at: end, phase, by: -1 as const },
        ];
  });
  edges.sort((a, b) => a.at - b.at);
  const open = phases.map(() => 0);
  const sums = phases.map(() => 0);
  let at = 0;
  for (const edge of edges) {
    const active = open.findIndex((count) => count > 0);
    if (active !== -1) sums[active] = (sums[active] ?? 0) + edge.at - at;
    open[edge.phase] = (open[edge.phase] ?? 0) + edge.by;
    at = edge.at;
  }
  const known = phases.map((phase, index): Share => ({ phase, ms: sums[index] ?? 0 }));
  const rest = total - known.reduce((sum, { ms }) => sum + ms, 0);
  return [...known, { phase: 'rest' as const, ms: rest }].filter(({ ms }) => ms > 0);
}
