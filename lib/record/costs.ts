import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CostTable } from '../model/cost-table.ts';
import { lock } from '../util/lock.ts';
import { stateDirectory } from '../util/paths.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { Observation } from '../model/observation.ts';

const empty: CostTable = { schema: 1, host: [], engine: [], pod: {} };

/** How many runs are remembered: the middle one of them is believed. */
const memory = 5;

/** What a run took. Pods overlap: the time of a lease is divided among its cells as their pods took it. */
export function measured(events: readonly JournalEvent[], observations: readonly Observation[]): CostTable {
  const spans = events.flatMap((event) => (event.event === 'span' ? [event.span] : []));
  const seconds = (phase: string, name: RegExp): number[] =>
    spans
      .filter((span) => span.phase === phase && span.durationMs > 0 && name.test(span.name))
      .map((span) => span.durationMs / 1000);
  const wall = new Map<string, number>();
  const pods = new Map<string, number>();
  for (const { name, startMs, durationMs } of spans.filter(({ phase }) => phase === 'pods')) {
    const lease = name.slice(0, name.lastIndexOf(' ('));
    const own = observations.filter(
      (each) => each.cell.startsWith(`${lease}/`) && each.startMs >= startMs && each.startMs <= startMs + durationMs,
    );
    const busy = own.reduce((sum, each) => sum + each.endMs - each.startMs, 0);
    for (const each of own) {
      const share = busy > 0 ? (each.endMs - each.startMs) / busy : 1 / own.length;
      wall.set(each.cell, (wall.get(each.cell) ?? 0) + (durationMs / 1000) * share);
      pods.set(each.cell, (pods.get(each.cell) ?? 0) + 1);
    }
  }
  const pod = [...wall].filter(([, total]) => total > 0).map(([cell, total]) => [cell, [total / (pods.get(cell) ?? 1)]]);
  return { schema: 1, host: seconds('host', /^[^:]*$/), engine: seconds('engine', /./), pod: Object.fromEntries(pod) };
}

/** Two tables as one, of which the second is newer. */
export function remember(before: CostTable, now: CostTable): CostTable {
  const last = (old: readonly number[] = [], fresh: readonly number[] = []): number[] => [...old, ...fresh].slice(-memory);
  const cells = new Set([...Object.keys(before.pod), ...Object.keys(now.pod)]);
  return {
    schema: 1,
    host: last(before.host, now.host),
    engine: last(before.engine, now.engine),
    pod: Object.fromEntries([...cells].map((cell) => [cell, last(before.pod[cell], now.pod[cell])])),
  };
}

function tablePath(): string {
  return join(stateDirectory(), 'costs.json');
}

/** What this machine has learned. A table that cannot be read is one of another version: nothing is known then. */
export async function readCosts(): Promise<CostTable> {
  try {
    return CostTable.parse(JSON.parse(await readFile(tablePath(), 'utf8')));
  } catch {
    return empty;
  }
}

/** Adds what a run took to what this machine has learned; several processes may do so at once. */
export async function learnCosts(now: CostTable): Promise<void> {
  await mkdir(stateDirectory(), { recursive: true, mode: 0o700 });
  await using _ = await lock(join(stateDirectory(), 'costs.lock'));
  await writeFile(`${tablePath()}.new`, `${JSON.stringify(remember(await readCosts(), now))}\n`, { mode: 0o600 });
  await rename(`${tablePath()}.new`, tablePath());
}
