import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { suites } from '../../suites/all.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import type { Document } from '../model/document.ts';
import { redactDocument, redactor } from '../report/redact.ts';
import { type Guide, renderSite } from '../page/site/site.ts';
import { UsageError } from '../util/errors.ts';

/** What our suites and symptoms say beside the evidence. */
export const guide: Guide = {
  suites: suites.map(({ id, title }) => ({ id, title })),
  help: symptoms.map(({ id, cause, where, questions, remedies }) => ({
    id,
    means: cause,
    where,
    fix: remedies.map((remedy) => remedy.do).join('; or '),
    cost: remedies.map(({ cost }) => cost).join('; '),
    questions: questions,
  })),
};

/** Pages are ours when they name us; anything else is somebody's work. */
const mark = ': podproof</title>';

/**
 * Writes the site into `directory`, which may be new, empty, or an earlier site; pages of questions that are gone go too.
 * Returns the path of its first page.
 */
export async function writeSite(documents: readonly Document[], directory: string): Promise<string> {
  const first = join(resolve(directory), 'index.html');
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`Cannot write a site into ${directory}: ${error.message}`);
  });
  const isOurs = entries.length === 0 || (await readFile(first, 'utf8').catch(() => '')).includes(mark);
  if (!isOurs) throw new UsageError(`Cannot write a site into ${directory}: it holds something else; name a new directory`);
  for (const folder of ['questions', 'engines', 'runtimes']) await rm(join(directory, folder), { recursive: true, force: true });
  const hide = redactor([hostname()]);
  const told = documents.map((document) => redactDocument(document, hide));
  for (const [path, text] of renderSite(told, guide)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return first;
}
