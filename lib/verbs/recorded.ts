import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import { RunFolder } from '../record/run-folder.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { catalogFor } from './catalog.ts';

/** A run as it is judged, and its folder where there are records of it. */
export interface RecordedRun {
  document: Document;
  folder?: RunFolder;
}

/**
 * A recorded run, by its folder or its name below `results`: judged with today's questions, so that two of them differ only
 * in what engines and runtimes did. A report.json is taken as it was written. Throws UsageError when there is neither.
 */
export async function recordedRun(name: string, results: string): Promise<RecordedRun> {
  for (const path of [name, join(results, name)]) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return { document: await readDocument(path) };
    if (found?.isDirectory() === true && !existsSync(join(path, 'plan.json')) && existsSync(join(path, 'report.json')))
      return { document: await readDocument(join(path, 'report.json')) };
  }
  const folder = await RunFolder.open(name, results);
  return { document: await judgeFolder(folder, catalogFor(await folder.plan())), folder };
}

/** The judged document of `recordedRun` alone. */
export async function recordedDocument(name: string, results: string): Promise<Document> {
  return (await recordedRun(name, results)).document;
}
