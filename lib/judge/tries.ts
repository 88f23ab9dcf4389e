import type { RunPart, Span } from '../record/document.ts';
import { covered } from '../record/interval.ts';
import { scenarioKey, type Observation } from '../record/observation.ts';
import type { Part } from '../record/parts.ts';
import type { Located } from '../record/run-folder.ts';
import type { PlannedCell } from '../plan/cell.ts';
import { outcomeText } from '../suite/expect/outcome.ts';
import { digest, type Journal } from './journal.ts';
import { worthRetry } from './symptoms.ts';

/** One launch of a pod, with the journal of the run that it stands in. */
export interface Try extends Located {
  journal: Journal;
}

/** All that the runs of a merge, or one run, recorded: what they know of a cell, and every launch of a pod. */
export class Tries {
  readonly #parts: ReadonlyArray<{ part: Part; journal: Journal }>;
  readonly #of = new Map<string, Try[]>();
  readonly #troubled = new Map<string, string>();
  readonly #home = new Map<string, Journal>();

  constructor(parts: readonly Part[]) {
    this.#parts = parts.map((part) => ({ part, journal: digest(part.events) }));
    for (const { part, journal } of this.#parts) {
      // Within one run the last launch counts: it was made as the one before had come to grief.
      const last = new Map(part.observations.map((located) => [scenarioKey(located.observation), located]));
      for (const [key, located] of last) this.#of.set(key, [...(this.#of.get(key) ?? []), { ...located, journal }]);
      for (const { observation } of part.observations)
        if (worthRetry(observation.outcome)) this.#troubled.set(scenarioKey(observation), outcomeText(observation));
    }
    for (const { part, journal } of this.#parts.toReversed()) for (const { id } of part.plan.cells) this.#home.set(id, journal);
    for (const { journal } of this.#parts) for (const cell of journal.blocked.keys()) this.#home.set(cell, journal);
    for (const { part, journal } of this.#parts)
      for (const { observation } of part.observations) this.#home.set(observation.cell, journal);
  }

  /** The launches that count, in the order of their runs: those that came to an answer, or else the last one. */
  of(key: string): Try[] {
    const all = this.#of.get(key) ?? [];
    const answered = all.filter(({ observation }) => !worthRetry(observation.outcome));
    return answered.length > 0 ? answered : all.slice(-1);
  }

  /** How a launch came to grief while another one did not, in words. A flake is recorded and never hidden. */
  troubled(key: string): string | undefined {
    return this.of(key).some(({ observation }) => settled(observation)) ? this.#troubled.get(key) : undefined;
  }

  /** The journal that knows a cell: of the last run with a pod in it, or that says what blocked it, or of the first run. */
  home(cell: string): Journal {
    return this.#home.get(cell) ?? empty;
  }

  /** Every machine that a run had. */
  hosts(): Array<NonNullable<ReturnType<Journal['hosts']['get']>>> {
    return this.#parts.flatMap(({ journal }) => [...journal.hosts.values()]);
  }

  /** From the first start to the last end; complete when every cell was in a run that went to its end. */
  run(cells: readonly PlannedCell[]): Journal['run'] {
    const runs = this.#parts.map(({ journal }) => journal.run);
    const done = new Set(
      this.#parts.flatMap(({ part, journal }) => (journal.run.complete ? part.plan.cells : [])).map(({ id }) => id),
    );
    return {
      id: runs[0]?.id ?? '',
      started:
        runs
          .map(({ started }) => started)
          .filter(Boolean)
          .sort()[0] ?? '',
      ended:
        runs
          .map(({ ended }) => ended)
          .sort()
          .at(-1) ?? '',
      podproof: [...new Set(runs.map(({ podproof }) => podproof))].sort().join(', '),
      complete: runs.some(({ complete }) => complete) && cells.every(({ id }) => done.has(id)),
    };
  }

  /** What was merged. */
  described(): RunPart[] {
    return this.#parts.map(({ part: { id, plan }, journal: { run } }) => ({
      id,
      run: run.id,
      ...(plan.shard === undefined ? {} : { shard: { index: plan.shard.index, count: plan.shard.count } }),
      started: run.started,
      ended: run.ended,
      podproof: run.podproof,
      complete: run.complete,
    }));
  }

  /** The wall time of all runs, counted from the first start. */
  spans(): Span[] {
    const starts = this.#parts.map(({ journal }) => Date.parse(journal.run.started));
    const origin = Math.min(...starts.filter((start) => !Number.isNaN(start)));
    return this.#parts.flatMap(({ part, journal }, index) => {
      const start = starts[index] ?? NaN;
      const offset = Number.isNaN(start) ? 0 : start - origin;
      const spans = [...journal.spans, ...part.observations.flatMap(({ observation }) => podSpans(observation))];
      return offset === 0 ? spans : spans.map((span) => ({ ...span, startMs: span.startMs + offset }));
    });
  }
}

const empty = digest([]);

function settled({ outcome }: Observation): boolean {
  return !worthRetry(outcome) && outcome.kind !== 'host-lost';
}

/** The life of a pod, and how much of it somebody waited for the engine: calls that overlap count once. */
function podSpans({ cell, suite, scenario, startMs, endMs, alone, calls }: Observation): Span[] {
  const name = scenarioKey({ cell, suite, scenario });
  const durationMs = covered(calls.map((call) => ({ from: call.startMs, to: call.startMs + call.durationMs })));
  return [
    { phase: 'pod', name, startMs, durationMs: endMs - startMs, ...(alone && { alone }) },
    ...(calls.length === 0
      ? []
      : [{ phase: 'cri', name, startMs: calls[0]?.startMs ?? startMs, durationMs, ...(alone && { alone }) }]),
  ];
}
