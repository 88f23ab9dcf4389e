import { parseArgs } from 'node:util';
import { recordedCases } from './cases.ts';
import { mutate } from './mutate.ts';

/** `npm run mutate -- [--count 20000] [--seed 1]`: the share of read values that can change without a trace; exit 1 when there are any. */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const { tried, allowed, untraced } = mutate(await recordedCases(), { count, seed });
process.stdout.write(`${JSON.stringify({ seed, tried, untraced: untraced.length, share: untraced.length / tried })}\n`);
for (const [why, times] of Object.entries(allowed).sort(([, a], [, b]) => b - a))
  process.stdout.write(`  ${times} allowed: ${why}\n`);
for (const line of untraced.slice(0, 50)) process.stdout.write(`  ${line}\n`);
if (untraced.length > 0) process.exitCode = 1;
