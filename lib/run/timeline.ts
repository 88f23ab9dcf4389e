import { monotonicMs } from '../util/clock.ts';
import type { JournalEvent } from '../model/journal.ts';

/** Accounts for a run's wall time: every piece of work is a span of a phase, in milliseconds since the run started. */
export class Timeline {
  /** The start of the run on the monotonic clock. */
  readonly origin: number;
  readonly #append: (event: JournalEvent) => void;
  readonly #began: number;
  readonly #begin: (phase: string, name: string) => Disposable;

  /**
   * `started` is when the run first started, by the wall clock: a resumed run counts on from there. `begin` hears of each piece
   * of work, and disposes what it returns when that ends.
   */
  constructor(
    started: number,
    append: (event: JournalEvent) => void,
    begin: (phase: string, name: string) => Disposable = () => ({ [Symbol.dispose]: () => undefined }),
  ) {
    this.origin = monotonicMs() - Math.max(0, Date.now() - started);
    this.#append = append;
    this.#begin = begin;
    this.#began = this.now();
  }

  now(): number {
    return Math.round(monotonicMs() - this.origin);
  }

  async span<T>(phase: string, name: string, work: () => Promise<T>): Promise<T> {
    const startMs = this.now();
    using _ = this.#begin(phase, name);
    try {
      return await work();
    } finally {
      this.#append({ event: 'span', span: { phase, name, startMs, durationMs: this.now() - startMs } });
    }
  }

  /** `resource`, whose release is accounted for too. */
  releasing(name: string, resource: AsyncDisposable): AsyncDisposable {
    return { [Symbol.asyncDispose]: () => this.span('teardown', name, async () => resource[Symbol.asyncDispose]()) };
  }

  /** From the start of this run to now, the whole of which the other spans are parts. */
  close(): void {
    const startMs = this.#began;
    this.#append({ event: 'span', span: { phase: 'run', name: 'whole run', startMs, durationMs: this.now() - startMs } });
  }
}
