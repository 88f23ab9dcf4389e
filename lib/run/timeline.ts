import { monotonicMs } from '../util/clock.ts';
import type { JournalEvent } from '../model/journal.ts';

export type Timeline = ReturnType<typeof timelineFrom>;

/**
 * Accounts for a run's wall time: every piece of work is a span of a phase, in milliseconds since the run started. `started` is
 * when it first did, by the wall clock: a resumed run counts on from there. `begin` hears of each piece of work, and disposes what
 * it returns when that ends.
 */
export function timelineFrom(
  started: number,
  append: (event: JournalEvent) => void,
  begin: (phase: string, name: string) => Disposable = () => ({ [Symbol.dispose]: () => undefined }),
) {
  const origin = monotonicMs() - Math.max(0, Date.now() - started);
  const now = (): number => Math.round(monotonicMs() - origin);
  const began = now();
  async function span<T>(phase: string, name: string, work: () => Promise<T>): Promise<T> {
    const startMs = now();
    using _ = begin(phase, name);
    try {
      return await work();
    } finally {
      append({ event: 'span', span: { phase, name, startMs, durationMs: now() - startMs } });
    }
  }
  return {
    /** The start of the run on the monotonic clock. */
    origin,
    now,
    span,
    /** `resource`, whose release is accounted for too. */
    releasing: (name: string, resource: AsyncDisposable): AsyncDisposable => ({
      [Symbol.asyncDispose]: () => span('teardown', name, async () => resource[Symbol.asyncDispose]()),
    }),
    /** From the start of this run to now, the whole of which the other spans are parts. */
    close: (): void =>
      append({ event: 'span', span: { phase: 'run', name: 'whole run', startMs: began, durationMs: now() - began } }),
  };
}
