import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from './clock.ts';
import { messageOf } from './errors.ts';

export interface WaitOptions {
  /** What is awaited, as it completes "Cannot …": "reach the CRI on /run/x.sock". */
  name: string;
  timeoutMs: number;
  /** Between two attempts; or what it is after one that took so many milliseconds. Default: 250. */
  intervalMs?: number | ((tookMs: number) => number);
  signal?: AbortSignal | undefined;
  /** Throws once there is nothing to wait for any more, which ends the wait. Asked before each attempt. */
  alive?: () => void;
}

/** One global factor on every deadline, for emulated or loaded machines: `PODPROOF_TIMEOUT_FACTOR`, default 1. */
export const timeoutFactor = Math.max(0.1, Number(process.env['PODPROOF_TIMEOUT_FACTOR'] ?? '1') || 1);

/**
 * Asks `attempt` until it returns something other than undefined. The error after the deadline carries the last observation.
 * For conditions that offer no event; where an event exists, await the event.
 */
export async function waitFor<T>(options: WaitOptions, attempt: (signal: AbortSignal) => Promise<T | undefined>): Promise<T> {
  const deadline = AbortSignal.timeout(Math.round(options.timeoutMs * timeoutFactor));
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  let last = 'nothing was observed';
  for (;;) {
    options.alive?.();
    const began = monotonicMs();
    try {
      const value = await attempt(signal);
      if (value !== undefined) return value;
    } catch (error) {
      last = messageOf(error);
    }
    if (signal.aborted) break;
    const { intervalMs = 250 } = options;
    const pause = typeof intervalMs === 'number' ? intervalMs : intervalMs(monotonicMs() - began);
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
  }
  options.signal?.throwIfAborted();
  throw new Error(`Cannot ${options.name} within ${Math.round((options.timeoutMs * timeoutFactor) / 1000)} s: ${last}`);
}

/** Rejects with a named error when `work` takes longer than its deadline or `signal` aborts. */
export async function withDeadline<T>(
  options: Omit<WaitOptions, 'intervalMs' | 'alive'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(Math.round(options.timeoutMs * timeoutFactor));
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () =>
      reject(
        options.signal?.aborted
          ? options.signal.reason
          : new Error(`Cannot ${options.name} within ${Math.round((options.timeoutMs * timeoutFactor) / 1000)} s`),
      );
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
