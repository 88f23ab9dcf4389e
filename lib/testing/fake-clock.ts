import type { Clock } from '../util/clock.ts';

/** A clock that stands still until `pass` is called, which calls everything that is due in between, in order. */
export function fakeClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  const timers = new Set<{ ms: number; due: number; tick: () => void }>();
  return {
    now: () => now,
    every(ms, tick) {
      const timer = { ms, due: now + ms, tick };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].sort((a, b) => a.due - b.due).find(({ due }) => due <= end);
        if (next === undefined) break;
        now = next.due;
        next.due += next.ms;
        next.tick();
      }
      now = end;
    },
  };
}
