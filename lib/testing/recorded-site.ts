import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from '../model/document.ts';
import { qualificationPage } from '../page/qualification.ts';
import { runPath } from '../page/site/site.ts';
import { readDocument } from '../record/read-document.ts';
import { qualification, type Compared } from '../report/qualification/qualification.ts';
import { writeSite } from '../verbs/site.ts';
import { recordedRuns } from './recorded.ts';

export interface RecordedSite extends AsyncDisposable {
  directory: string;
  documents: Document[];
}

/** The site of all recorded runs, and beside its first page `qualify.html`: what a recorded run says of two versions. */
export async function recordedSite(run: string, compared: Compared): Promise<RecordedSite> {
  const directory = await mkdtemp(join(tmpdir(), 'podproof-site-'));
  const runs = await Promise.all(
    recordedRuns().map(async ({ folder }) => ({ document: await readDocument(join(folder.path, 'report.json')), folder })),
  );
  await writeSite(runs, directory);
  const documents = runs.map(({ document }) => document);
  const both = documents.find(({ run: { id } }) => id === run);
  if (both === undefined) throw new Error(`results/reference has no run ${run}`);
  const page = qualificationPage(qualification([both], compared), { report: runPath(run) });
  await writeFile(join(directory, 'qualify.html'), page);
  return { directory, documents, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
