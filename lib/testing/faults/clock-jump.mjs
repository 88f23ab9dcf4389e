// Preloaded into a run: its wall clock jumps by PODPROOF_CLOCK_JUMP milliseconds, two seconds after its start.
const by = Number(process.env.PODPROOF_CLOCK_JUMP ?? 0);
const real = Date.now;
const from = performance.now();
Date.now = () => real() + (performance.now() - from > 2_000 ? by : 0);
