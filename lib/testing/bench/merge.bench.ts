import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planMerge, writeMerge } from '../../record/merge.ts';
import { RunFolder } from '../../record/run-folder.ts';
import { judgeFolder } from '../../run/judge-folder.ts';
import { catalogFor } from '../../verbs/catalog.ts';
import { temporary } from '../temporary.ts';
import { repeat, type Spread } from './measure.ts';
import { manifold } from './records.bench.ts';

const count = 8;

/** Merging eight shards of 10^4 cells, of which each has one pod, and judging what they come to. */
export async function benchMerge(): Promise<Spread[]> {
  const { plan, observations, events } = await manifold({ cells: 10_000, each: 1 });
  await using place = await temporary();
  const directory = place.path;
  const shards = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const folder = new RunFolder(join(directory, `shard-${index + 1}`));
      const cells = plan.cells.filter((_cell, at) => at % count === index);
      const shard = { index: index + 1, count, others: plan.cells.filter((_cell, at) => at % count !== index) };
      await mkdir(folder.path);
      await writeFile(join(folder.path, 'plan.json'), JSON.stringify({ ...plan, cells, shard }));
      await writeFile(join(folder.path, 'journal.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const own = new Set(cells.map(({ id }) => id));
      for (const { observation } of observations) {
        if (!own.has(observation.cell)) continue;
        const file = folder.observationsFile(observation.cell);
        await mkdir(join(file, '..'), { recursive: true });
        await writeFile(file, `${JSON.stringify(observation)}\n`);
      }
      return folder;
    }),
  );
  let round = 0;
  const merged = (): string => join(directory, `merged-${round}`);
  return [
    await repeat('merge 8 shards of 10^4 cells', 3, async () => {
      round++;
      await writeMerge(await planMerge(shards), merged());
    }),
    await repeat('judge the merge of 10^4 cells', 2, () => judgeFolder(new RunFolder(merged()), catalogFor(plan))),
  ];
}
