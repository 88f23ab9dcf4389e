import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../model/document.ts';
import { qualificationPage } from '../page/qualification.ts';
import { runPath } from '../page/site/site.ts';
import { readDocument } from '../record/read-document.ts';
import { qualification, type Compared } from '../report/qualification/qualification.ts';
import { writeSite } from '../verbs/site.ts';
import { recordedRuns } from './recorded.ts';
import { temporary } from './temporary.ts';

export interface RecordedSite extends AsyncDisposable {
  directory: string;
  documents: Document[];
}

/** The site of all recorded runs, and beside its first page `qualify.html`: what a recorded run says of two versions. */
export async function recordedSite(run: string, compared: Compared): Promise<RecordedSite> {
  const place = await temporary();
  const { path: directory } = place;
  const runs = await Promise.all(
    recordedRuns().map(async ({ folder }) => ({ document: await readDocument(join(folder.path, 'report.json')), folder })),
  );
  await writeSite(runs, directory);
  const documents = runs.map(({ document }) => document);
  const both = documents.find(({ run: { id } }) => id === run);
  if (both === undefined) throw new Error(`results/reference has no run ${run}`);
  const page = qualificationPage(qualification([both], compared), { report: runPath(run) });
  await writeFile(join(directory, 'qualify.html'), page);
  return { ...place, directory, documents };
}
