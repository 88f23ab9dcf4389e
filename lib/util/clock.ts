/**
 * Milliseconds that only go forward, the same in every process and thread of this machine until it reboots (CLOCK_MONOTONIC).
 * Durations are measured by it: the wall clock may jump.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
