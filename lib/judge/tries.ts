import type { Span } from '../model/document.ts';
import { covered } from '../model/interval.ts';
import { scenarioKey, type Observation } from '../model/observation.ts';
import type { Located } from '../record/run-folder.ts';
import { outcomeText } from '../model/outcome-text.ts';
import type { Journal } from './journal.ts';
import { worthRetry } from './symptoms.ts';

/** One launch of a pod, with the journal of the run that it is in. */
export interface Try extends Located {
  journal: Journal;
}

/** Every launch of a pod in some cells, by all runs that had them. */
export class Tries {
  /** The launches that count of each scenario. */
  readonly #of = new Map<string, readonly Try[]>();
  readonly #troubled = new Map<string, string>();
  readonly #home = new Map<string, Journal>();

  /** `observations` of each run are in the order in which they were recorded, and runs in the order of their start. */
  constructor(runs: ReadonlyArray<{ journal: Journal; observations: readonly Located[] }>) {
    const all = new Map<string, Try[]>();
    for (const { journal, observations } of runs) {
      // Within one run the last launch counts: it was made as the one before had failed.
      const last = new Map(observations.map((located) => [scenarioKey(located.observation), located]));
      for (const [key, located] of last) all.set(key, [...(all.get(key) ?? []), { ...located, journal }]);
      for (const { observation } of observations) {
        if (worthRetry(observation.outcome)) this.#troubled.set(scenarioKey(observation), outcomeText(observation));
        this.#home.set(observation.cell, journal);
      }
    }
    for (const [key, launches] of all) {
      const answered = launches.filter(({ observation }) => !worthRetry(observation.outcome));
      this.#of.set(key, answered.length > 0 ? answered : launches.slice(-1));
    }
  }

  /** The launches that count, in the order of their runs: those that came to an answer, or else the last one. */
  of(key: string): readonly Try[] {
    return this.#of.get(key) ?? [];
  }

  /** How a launch came to grief while another one did not, in words. A flake is recorded and never hidden. */
  troubled(key: string): string | undefined {
    return this.of(key).some(({ observation }) => settled(observation)) ? this.#troubled.get(key) : undefined;
  }

  /** The journal of the last run with a pod in this cell. */
  home(cell: string): Journal | undefined {
    return this.#home.get(cell);
  }
}

function settled({ outcome }: Observation): boolean {
  return !worthRetry(outcome) && outcome.kind !== 'host-lost';
}

/** The life of a pod, and how much of it somebody waited for the engine: calls that overlap count once. */
export function podSpans({ cell, suite, scenario, startMs, endMs, alone, calls }: Observation): Span[] {
  const about = { name: scenarioKey({ cell, suite, scenario }), ...(alone && { alone }) };
  const pod = { phase: 'pod', startMs, durationMs: endMs - startMs, ...about };
  if (calls.length === 0) return [pod];
  const waited = covered(calls.map((call) => ({ from: call.startMs, to: call.startMs + call.durationMs })));
  return [pod, { phase: 'cri', startMs: calls[0]?.startMs ?? startMs, durationMs: waited, ...about }];
}
