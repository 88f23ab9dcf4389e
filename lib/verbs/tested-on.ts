import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testedIn, type Tested } from '../ask/tested.ts';
import { parsedJson } from '../model/json.ts';
import { migrated } from '../record/migrate.ts';
import { plainOrder } from '../report/order.ts';
import { packageRoot } from '../util/paths.ts';

/** What the runs beside the code tell of these questions; nothing where they were not shipped or cannot be read. */
export async function testedOn(questions: readonly string[]): Promise<Tested[]> {
  if (questions.length === 0) return [];
  const directory = join(packageRoot, 'results/reference');
  const names = await readdir(directory).catch(() => []);
  const reports = await Promise.all(
    [...names].sort(plainOrder).map((name) => readFile(join(directory, name, 'report.json'), 'utf8').catch(() => '')),
  );
  return reports.flatMap((text) => testedIn(migrated(parsedJson(text)), questions));
}
