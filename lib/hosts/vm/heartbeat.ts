import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../../util/clock.ts';
import { messageOf } from '../../util/errors.ts';
import { timeoutFactor } from '../../util/wait.ts';

export interface Heartbeat extends AsyncDisposable {
  /** When the machine last answered, by monotonicMs(). */
  readonly answeredMs: number;
  /** Throws when the machine was given up. */
  assertBeating(): void;
}

export interface HeartbeatOptions {
  /** Whether the machine answers; takes no longer than `everyMs`. */
  ask: (signal: AbortSignal) => Promise<boolean>;
  /** Ends the machine, so that whatever waits for it fails at once and not at the end of its own deadline. */
  giveUp: () => PromiseLike<void>;
  everyMs?: number;
  /** How long a machine may say nothing, before timeoutFactor. */
  silenceMs?: number;
}

/**
 * Asks a machine from time to time. One whose processors wait for each other for ever (seen under multi-threaded emulation of
 * nested SVM, QEMU 7.2: one halted, the other spinning) neither ends nor says a word, and each call to it would run into its
 * deadline, pod after pod. Nobody is given up while this process itself was stopped: it takes two questions without an answer.
 */
export function watchHeartbeat({ ask, giveUp, everyMs = 30_000, silenceMs = 120_000 }: HeartbeatOptions): Heartbeat {
  const over = new AbortController();
  let silent: string | undefined;
  let answeredMs = monotonicMs();
  const beat = async (): Promise<void> => {
    let unanswered = 0;
    while (!over.signal.aborted) {
      await delay(everyMs, undefined, { signal: over.signal, ref: false });
      if (await ask(over.signal)) {
        unanswered = 0;
        answeredMs = monotonicMs();
        continue;
      }
      const silence = monotonicMs() - answeredMs;
      if (++unanswered < 2 || silence < silenceMs * timeoutFactor) continue;
      if (over.signal.aborted) return;
      silent = `it has said nothing for ${Math.round(silence / 1000)} s, and was ended`;
      return giveUp();
    }
  };
  const beating = beat().catch((error: unknown) => {
    if (!over.signal.aborted) silent ??= messageOf(error);
  });
  return {
    get answeredMs() {
      return answeredMs;
    },
    assertBeating() {
      if (silent !== undefined) throw new Error(silent);
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await beating;
    },
  };
}
