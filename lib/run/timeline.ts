import type { JournalEvent } from '../record/journal.ts';

/** Accounts for a run's wall time: every piece of work is a span of a phase, in milliseconds since the run started. */
export class Timeline {
  readonly origin: number;
  readonly #append: (event: JournalEvent) => void;

  constructor(origin: number, append: (event: JournalEvent) => void) {
    this.origin = origin;
    this.#append = append;
  }

  now(): number {
    return Math.round(Date.now() - this.origin);
  }

  async span<T>(phase: string, name: string, work: () => Promise<T>): Promise<T> {
    const startMs = this.now();
    try {
      return await work();
    } finally {
      this.#append({ event: 'span', span: { phase, name, startMs, durationMs: this.now() - startMs } });
    }
  }
}
