import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchPlan } from './plan.bench.ts';
import { packageRoot } from '../../util/paths.ts';
import { benchCritest } from './critest.bench.ts';
import { benchEmulation } from './emulation.bench.ts';
import { benchFleet } from './fleet.bench.ts';
import { benchHost } from './host.bench.ts';
import { benchLarge } from './large.bench.ts';
import { benchMerge } from './merge.bench.ts';
import { peakMemory, spread, type Spread } from './measure.ts';
import { benchJudge, benchRender } from './records.bench.ts';
import { benchRuns } from './runs.bench.ts';

/** `npm run bench [-- --only plan,fleet,judge,merge,render,large,runs,host,critest] [--results DIRECTORY] [--out FILE]`: numbers with their spread, as JSON; `--only emulation [--rounds N] [--emulated WORDS]` compares two QEMUs, in what has these words. */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'plan,fleet,judge,merge,render,large,runs,host,critest' },
    results: { type: 'string', default: join(packageRoot, 'results') },
    rounds: { type: 'string', default: '2' },
    emulated: { type: 'string', default: '' },
    out: { type: 'string' },
  },
});
const parts: Record<string, () => Promise<Spread[]>> = {
  plan: async () => benchPlan(),
  fleet: benchFleet,
  judge: benchJudge,
  merge: benchMerge,
  render: benchRender,
  large: benchLarge,
  runs: () => benchRuns(values.results),
  host: benchHost,
  critest: benchCritest,
  emulation: () => benchEmulation(Number(values.rounds), values.emulated),
};
const measured: Spread[] = [];
for (const name of values.only.split(',')) {
  const part = parts[name];
  if (part === undefined) throw new RangeError(`Cannot measure "${name}": there are ${Object.keys(parts).join(', ')}`);
  measured.push(...(await part()));
  measured.push(spread(`most memory up to ${name}`, 'MiB', [peakMemory(await readFile('/proc/self/status', 'utf8'))]));
}
const machine = {
  node: process.version,
  arch: arch(),
  cpu: cpus()[0]?.model ?? 'unknown',
  cpus: cpus().length,
  memoryMiB: Math.round(totalmem() / 1024 ** 2),
  // Numbers of a busy machine are no one's numbers.
  load: loadavg()[0],
};
const text = `${JSON.stringify({ machine, measured }, undefined, 2)}\n`;
if (values.out === undefined) process.stdout.write(text);
else await writeFile(values.out, text);
