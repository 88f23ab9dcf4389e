import { assembleParts, type Rulebook } from '../judge/assemble.ts';
import type { Document } from '../model/document.ts';
import { readParts } from '../record/parts.ts';
import type { RunFolder } from '../record/run-folder.ts';

/** Judges what a run folder or a merge holds with today's rules; needs no host. */
export async function judgeFolder(folder: RunFolder, rulebook: Rulebook): Promise<Document> {
  return assembleParts(folder.id, await readParts(folder), rulebook);
}
