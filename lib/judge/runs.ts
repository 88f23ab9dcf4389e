import type { PlannedCell } from '../model/cell.ts';
import type { RunPart, Span } from '../model/document.ts';
import type { Part } from '../record/parts.ts';
import { digest, type Journal } from './journal.ts';

/** What the journals of a merge, or of one run, say: everything but what was observed in pods. */
export class Runs {
  readonly journals: readonly Journal[];
  readonly #parts: ReadonlyArray<{ part: Pick<Part, 'id' | 'plan'>; journal: Journal }>;
  readonly #home = new Map<string, Journal>();

  constructor(parts: ReadonlyArray<Pick<Part, 'id' | 'plan' | 'events'>>) {
    this.#parts = parts.map((part) => ({ part, journal: digest(part.events) }));
    this.journals = this.#parts.map(({ journal }) => journal);
    for (const { part, journal } of this.#parts.toReversed()) for (const { id } of part.plan.cells) this.#home.set(id, journal);
    for (const journal of this.journals) for (const cell of journal.blocked.keys()) this.#home.set(cell, journal);
  }

  /** The journal that knows a cell without a pod: of the last run that says what blocked it, or of the first run of it. */
  home(cell: string): Journal {
    return this.#home.get(cell) ?? empty;
  }

  /** Every machine that a run had. */
  hosts(): Array<NonNullable<ReturnType<Journal['hosts']['get']>>> {
    return this.journals.flatMap(({ hosts }) => [...hosts.values()]);
  }

  /** From the first start to the last end; complete when every cell was in a run that went to its end. */
  run(cells: readonly PlannedCell[]): Omit<Journal['run'], 'id'> {
    const runs = this.journals.map(({ run }) => run);
    const starts = runs.flatMap(({ started }) => started || []).sort();
    const ends = runs.map(({ ended }) => ended).sort();
    const done = new Set(
      this.#parts.flatMap(({ part, journal }) => (journal.run.complete ? part.plan.cells : [])).map(({ id }) => id),
    );
    return {
      started: starts[0] ?? '',
      ended: ends.at(-1) ?? '',
      podproof: [...new Set(runs.map(({ podproof }) => podproof))].sort().join(', '),
      complete: runs.some(({ complete }) => complete) && cells.every(({ id }) => done.has(id)),
    };
  }

  /** What was merged. */
  described(): RunPart[] {
    return this.#parts.map(({ part: { id, plan }, journal: { run } }) => ({
      id,
      run: run.id,
      shard: plan.shard && { index: plan.shard.index, count: plan.shard.count },
      started: run.started,
      ended: run.ended,
      podproof: run.podproof,
      complete: run.complete,
    }));
  }

  /** The wall time of all runs with that of their pods, counted from the first start. `pods` are in the order of the journals. */
  spans(pods: ReadonlyArray<readonly Span[]>): Span[] {
    const starts = this.journals.map(({ run }) => Date.parse(run.started));
    const origin = Math.min(...starts.filter((start) => !Number.isNaN(start)));
    return this.journals.flatMap((journal, index) => {
      const start = starts[index] ?? NaN;
      const offset = Number.isNaN(start) ? 0 : start - origin;
      const spans = [...journal.spans, ...(pods[index] ?? [])];
      return offset === 0 ? spans : spans.map((span) => ({ ...span, startMs: span.startMs + offset }));
    });
  }
}

const empty = digest([]);
