import type { Document } from '../model/document.ts';
import { partedBy, type WallTime } from '../report/wall-time.ts';

/** Phases from the most specific on. */
const phases = ['pod', 'engine', 'host', 'artifact'];

/** How long the run took, in milliseconds; at least as long as its last piece. */
export function wallMs({ run, spans }: Document): number {
  const last = spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), 1);
  const took = Date.parse(run.ended) - Date.parse(run.started);
  // The start of a merge or of a resumed run may be another day's: then the pieces say how long the work took.
  return Number.isFinite(took) && took > last && took < 2 * last + 60_000 ? took : last;
}

/** The wall time of a run that was recorded before each piece was accounted for, by phase. */
export function shares(document: Document): WallTime['phases'] {
  const total = wallMs(document);
  const within = document.spans.map((span) => {
    const startMs = Math.min(total, Math.max(0, span.startMs));
    return { ...span, startMs, durationMs: Math.max(0, Math.min(total, span.startMs + span.durationMs) - startMs) };
  });
  return partedBy(phases, within, total);
}
