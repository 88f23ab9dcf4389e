import { parseArgs } from 'node:util';
import { faultOf } from './campaign.ts';
import { experiment, undisturbed } from './experiment.ts';

/** `npm run faults -- --seed 1 --count 100 [--from 0] [--target fake|vm]`: one line of JSON for each fault; exit 1 when one of them broke something. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10' },
    from: { type: 'string', default: '0' },
    target: { type: 'string', default: 'fake' },
  },
});
const target = values.target === 'vm' ? 'vm' : 'fake';
const expected = await undisturbed(target);
const sum = { faults: 0, happened: 0, broken: 0 };
for (let index = Number(values.from); index < Number(values.from) + Number(values.count); index++) {
  const outcome = await experiment(faultOf(target, Number(values.seed), index), expected);
  sum.faults++;
  if (outcome.happened) sum.happened++;
  if (outcome.wrong.length > 0) sum.broken++;
  process.stdout.write(`${JSON.stringify({ index, ...outcome })}\n`);
}
process.stdout.write(`${JSON.stringify(sum)}\n`);
if (sum.broken > 0) process.exitCode = 1;
