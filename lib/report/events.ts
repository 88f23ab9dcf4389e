import { type Document, verdictId } from '../model/document.ts';
import type { VerdictName } from '../model/verdict.ts';
import { answerOf, isBad } from './answer.ts';

/** One verdict that went from good to bad, or back, between two runs that judged it. */
export interface Event {
  kind: 'broke' | 'mended';
  cell: string;
  suite: string;
  scenario: string;
  question: string;
  last: { run: string; started: string; verdict: VerdictName };
  first: { run: string; started: string; verdict: VerdictName };
}

export function events(runs: readonly Document[]): Event[] {
  const last = new Map<string, Event['last']>();
  const found: Event[] = [];
  for (const { run, verdicts } of runs) {
    for (const { cell, suite, scenario, question, verdict } of verdicts) {
      const answer = answerOf(verdict);
      if (answer === undefined || answer === 'unsupported') continue;
      const id = verdictId({ cell, suite, scenario, question });
      const before = last.get(id);
      const now = { run: run.id, started: run.started, verdict };
      if (before !== undefined && isBad(before.verdict) !== isBad(verdict))
        found.push({ kind: isBad(verdict) ? 'broke' : 'mended', cell, suite, scenario, question, last: before, first: now });
      last.set(id, now);
    }
  }
  return found;
}
