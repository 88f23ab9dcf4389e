import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Plan } from '../model/cell.ts';
import { Plan as PlanSchema } from '../model/cell.ts';
import { messageOf, UsageError } from '../util/errors.ts';
import { manyFiles } from '../util/many-files.ts';
import { JournalEvent } from '../model/journal.ts';
import { appendRecord, mendTail, readRecords } from './ndjson.ts';
import { Observation, scenarioKey } from '../model/observation.ts';

/** An observation and where it is: the `evidence` of verdicts. */
export interface Located {
  observation: Observation;
  /** `cells/debian-13/…/observations.ndjson#3`, relative to the run folder. */
  at: string;
}

/** One run on the disk: `plan.json`, `journal.ndjson`, `cells/<cell>/observations.ndjson`, logs and reports. */
export class RunFolder {
  readonly path: string;
  readonly id: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.id = this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  /** A new folder below `results`, named by the time in UTC; `latest` points to it. */
  static async create(results: string, plan: Plan): Promise<RunFolder> {
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
    await mkdir(results, { recursive: true });
    let id = stamp;
    for (let n = 2; !(await isNew(join(results, id))); n++) id = `${stamp}-${n}`;
    const folder = new RunFolder(join(results, id));
    await mkdir(join(folder.path, 'cells'));
    await writeFile(join(folder.path, 'plan.json'), `${JSON.stringify(plan, undefined, 2)}\n`);
    // Renamed, so that a second run that starts at this moment never finds the link missing or in its way.
    const link = join(results, `.latest-${id}`);
    await symlink(id, link);
    await rename(link, join(results, 'latest'));
    return folder;
  }

  /** An existing folder, by path or by its name below `results`. Throws UsageError when there is none. */
  static async open(name: string, results: string): Promise<RunFolder> {
    for (const candidate of [name, join(results, name)]) {
      if (!existsSync(join(candidate, 'plan.json'))) continue;
      const target = await readlink(candidate).catch(() => undefined);
      return new RunFolder(target === undefined ? candidate : resolve(candidate, '..', target));
    }
    const runs = await readdir(results).catch(() => []);
    throw new UsageError(
      `Cannot open the run "${name}": there is no plan.json in it; runs below ${results}: ${runs.filter((run) => run !== 'reference').join(', ') || 'none'}`,
    );
  }

  async plan(): Promise<Plan> {
    const file = join(this.path, 'plan.json');
    let value: unknown;
    try {
      value = JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      throw new UsageError(`Cannot read ${file}: ${messageOf(error)}`);
    }
    const parsed = PlanSchema.safeParse(value);
    if (!parsed.success) throw new UsageError(`Cannot read ${file}: ${z.prettifyError(parsed.error).split('\n')[0]}`);
    return parsed.data;
  }

  append(event: JournalEvent): void {
    appendRecord(join(this.path, 'journal.ndjson'), event);
  }

  events(): Promise<JournalEvent[]> {
    return readRecords(join(this.path, 'journal.ndjson'), JournalEvent);
  }

  observationsFile(cell: string): string {
    return join(this.path, 'cells', cell, 'observations.ndjson');
  }

  /** Every observation of the planned cells. The last one of a scenario counts: a resumed run may have launched it again. */
  async observations(cells: readonly string[]): Promise<Located[]> {
    const lists = await manyFiles(cells, async (cell) => {
      const records = await readRecords(this.observationsFile(cell), Observation);
      return records.map((observation, index) => ({ observation, at: `cells/${cell}/observations.ndjson#${index + 1}` }));
    });
    return lists.flat();
  }

  /** The observation that counts of each scenario, by `scenarioKey`. */
  async latest(cells: readonly string[]): Promise<Map<string, Observation>> {
    return new Map((await this.observations(cells)).map(({ observation }) => [scenarioKey(observation), observation]));
  }

  /** Makes the records of a killed run appendable again. */
  async mend(cells: readonly string[]): Promise<void> {
    await manyFiles([join(this.path, 'journal.ndjson'), ...cells.map((cell) => this.observationsFile(cell))], mendTail);
  }
}

/** Makes a directory that was not there; of several processes that ask at once, one made it. */
async function isNew(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
