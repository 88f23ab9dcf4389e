import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeFolder } from '../../run/judge-folder.ts';
import { RunFolder } from '../../record/run-folder.ts';
import { wallTime } from '../../report/wall-time.ts';
import { catalogFor } from '../../verbs/catalog.ts';
import { spread, type Spread } from './measure.ts';

/** What recorded runs cost: each phase of a pod by runtime, host and engine starts, wall time by critical path. */
export async function benchRuns(results: string): Promise<Spread[]> {
  const values = new Map<string, { unit: Spread['unit']; values: number[] }>();
  const add = (name: string, value: number, unit: Spread['unit'] = 'ms'): void => {
    const list = values.get(name) ?? { unit, values: [] };
    values.set(name, list);
    list.values.push(value);
  };
  for (const folder of await foldersBelow(results)) {
    const plan = await folder.plan();
    const runtimes = new Map(plan.cells.map(({ id, runtime }) => [id, runtime.name]));
    const observations = await folder.observations(plan.cells.map(({ id }) => id));
    for (const { observation } of observations) {
      const runtime = runtimes.get(observation.cell) ?? 'unknown';
      if (observation.outcome.kind !== 'ran') continue;
      add(`${runtime} pod, whole`, observation.endMs - observation.startMs);
      for (const { call, durationMs } of observation.calls) add(`${runtime} pod, ${call}`, durationMs);
    }
    for (const event of await folder.events()) {
      if (event.event !== 'span') continue;
      if (['host', 'engine', 'teardown'].includes(event.span.phase)) add(`${event.span.phase}`, event.span.durationMs);
    }
    const time = wallTime(await judgeFolder(folder, catalogFor(plan)));
    if (time !== undefined) add('wall time by critical path', time.overhead, 'ratio');
  }
  return [...values].map(([name, { unit, values: list }]) => spread(name, unit, list)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function foldersBelow(results: string): Promise<RunFolder[]> {
  const names = await readdir(results, { withFileTypes: true }).catch(() => []);
  const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => new RunFolder(join(results, name)));
  const readable = await Promise.all(
    folders.map((folder) =>
      folder.plan().then(
        () => [folder],
        () => [],
      ),
    ),
  );
  return readable.flat();
}
