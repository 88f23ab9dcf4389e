/**
 * Milliseconds that only go forward, the same in every process and thread of this machine until it reboots (CLOCK_MONOTONIC).
 * Durations are measured by it: the wall clock may jump.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Time, for a run or for a test. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Calls `tick` about so often until it is disposed; never keeps the process alive. */
  every(ms: number, tick: () => void): Disposable;
}

export const systemClock: Clock = {
  now: monotonicMs,
  every(ms, tick) {
    const timer = setInterval(tick, ms).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
