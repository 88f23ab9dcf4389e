import { assembleParts, type Catalog } from '../judge/assemble.ts';
import type { Document } from '../model/document.ts';
import { readParts } from '../record/parts.ts';
import type { RunFolder } from '../record/run-folder.ts';

/** Judges what a run folder or a merge holds with today's questions; needs no host. */
export async function judgeFolder(folder: RunFolder, catalog: Catalog): Promise<Document> {
  return assembleParts(folder.id, await readParts(folder), catalog);
}
