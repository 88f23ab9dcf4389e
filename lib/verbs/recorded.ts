import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import { RunFolder } from '../record/run-folder.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { catalogFor } from './catalog.ts';

/**
 * A recorded run, by its folder or its name below `results`: judged with today's questions, so that two of them differ only
 * in what engines and runtimes did. A report.json is taken as it was written. Throws UsageError when there is neither.
 */
export async function recordedDocument(name: string, results: string): Promise<Document> {
  for (const path of [name, join(results, name)]) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return readDocument(path);
    if (found?.isDirectory() === true && !existsSync(join(path, 'plan.json')) && existsSync(join(path, 'report.json')))
      return readDocument(join(path, 'report.json'));
  }
  const folder = await RunFolder.open(name, results);
  return judgeFolder(folder, catalogFor(await folder.plan()));
}
