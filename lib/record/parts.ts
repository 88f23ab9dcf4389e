import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../model/cell.ts';
import type { JournalEvent } from '../model/journal.ts';
import { RunFolder, type Located } from './run-folder.ts';

/** The records of one run, whole or a shard. */
export interface Part {
  /** Its directory below `parts/` of a merged run; empty for a run of its own. */
  id: string;
  plan: Plan;
  events: readonly JournalEvent[];
  /** What it observed in a cell: read when asked for, as that of all cells may be more than there is memory. */
  observations: (cell: string) => Promise<Located[]>;
}

/** What a run folder holds: the run itself, or every run that it was merged from, by the time they started. */
export async function readParts(folder: RunFolder): Promise<Part[]> {
  const merged = await partFolders(folder);
  if (merged.length === 0) return [await readPart(folder, '')];
  const parts = await Promise.all(merged.map((part) => readPart(part, part.id)));
  return parts.sort((a, b) => plain(startOf(a), startOf(b)) || plain(a.id, b.id));
}

/** The folders of the runs that a merged run was made of; none for a run of its own. */
export async function partFolders(folder: RunFolder): Promise<RunFolder[]> {
  const names = await readdir(join(folder.path, 'parts')).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => new RunFolder(join(folder.path, 'parts', name)));
}

/** All cells of the plan that a run was a part of, by id. */
export function wholePlan(plan: Plan): Plan {
  const { shard, ...rest } = plan;
  return { ...rest, cells: [...plan.cells, ...(shard?.others ?? [])].sort((a, b) => plain(a.id, b.id)) };
}

async function readPart(folder: RunFolder, id: string): Promise<Part> {
  const plan = await folder.plan();
  const own = new Set(plan.cells.map((cell) => cell.id));
  const prefix = id === '' ? '' : `parts/${id}/`;
  return {
    id,
    plan,
    events: await folder.events(),
    observations: async (cell) => {
      const found = own.has(cell) ? await folder.observations([cell]) : [];
      return found.map(({ observation, at }) => ({ observation, at: `${prefix}${at}` }));
    },
  };
}

function startOf(part: Part): string {
  const started = part.events.find((event) => event.event === 'started');
  return started?.event === 'started' ? started.at : '';
}

function plain(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
