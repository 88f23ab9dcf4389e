import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { mutant } from './mutate.ts';
import { targets } from './targets.ts';

/** `npm run fuzz -- --count 100000 --seed 1 [--target name] [--from n] [--show n]`: every target, one line each; exit 1 with findings. */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    target: { type: 'string', multiple: true },
    show: { type: 'string' },
  },
});
const seed = Number(values.seed);
const chosen = targets.filter(({ name }) => values.target === undefined || values.target.includes(name));
if (chosen.length === 0) throw new RangeError(`there is no such target; there are ${targets.map(({ name }) => name).join(', ')}`);
for (const target of chosen) {
  if (values.show !== undefined) {
    process.stdout.write(mutant(await target.corpus(), seed, Number(values.show)));
    continue;
  }
  const { findings, ...result } = await fuzz(target.name, { seed, count: Number(values.count), from: Number(values.from) });
  process.stdout.write(`${JSON.stringify({ ...result, findings: findings.length })}\n`);
  for (const { index, why } of findings)
    process.stdout.write(`  ${target.name} --seed ${seed} --show ${index}: ${why.slice(0, 1_500)}\n`);
  if (findings.length > 0) process.exitCode = 1;
}
