import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import { packageRoot } from '../util/paths.ts';

/** The runs that were recorded and are beside the code, as they were judged then. Empty where they were not shipped. */
export async function referenceDocuments(): Promise<Document[]> {
  const directory = join(packageRoot, 'results/reference');
  const names = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const paths = names.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name, 'report.json'));
  return Promise.all(paths.filter((path) => existsSync(path)).map(readDocument));
}
