import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { knownIssues, suites } from '../../suites/all.ts';
import { symptoms } from '../ask/symptoms/all.ts';
import { entriesOf } from '../ask/words/entries.ts';
import type { Document } from '../model/document.ts';
import { renderHtml } from '../page/page.ts';
import { type Guide, renderSite, runPath, siteBadges } from '../page/site/site.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { type Redact, redactDeep, redactDocument, redactor } from '../report/redact.ts';
import { UsageError } from '../util/errors.ts';
import { evidenceOf } from './evidence.ts';
import type { RecordedRun } from './recorded.ts';

/** What our suites and symptoms say beside the evidence. */
export const guide: Guide = {
  suites: suites.map(({ id, title }) => ({ id, title })),
  help: symptoms.map(({ id, cause, where, questions, remedies }) => ({
    id,
    means: cause,
    where,
    fix: remedies.map((remedy) => remedy.do).join('; or '),
    cost: remedies.map(({ cost }) => cost).join('; '),
    questions,
  })),
  entries: entriesOf({ suites, known: knownIssues, symptoms }),
};

/** Pages are ours when they name us; anything else is somebody's work. */
const mark = ': podproof</title>';

/**
 * Writes the site into `directory`, which may be new, empty, or an earlier site; pages of questions and runs that are gone go
 * too. Returns the path of its first page.
 */
export async function writeSite(runs: readonly RecordedRun[], directory: string): Promise<string> {
  const first = join(resolve(directory), 'index.html');
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`Cannot write a site into ${directory}: ${error.message}`);
  });
  const isOurs = entries.length === 0 || (await readFile(first, 'utf8').catch(() => '')).includes(mark);
  if (!isOurs) throw new UsageError(`Cannot write a site into ${directory}: it holds something else; name a new directory`);
  for (const folder of ['questions', 'engines', 'runtimes', 'runs', 'badges'])
    await rm(join(directory, folder), { recursive: true, force: true });
  const hide = redactor([hostname()]);
  const redacted = runs.map(({ document, folder }) => ({ document: redactDocument(document, hide), folder }));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  const documents = redacted.map(({ document }) => document);
  for (const [path, text] of [...renderSite(documents, guide), ...siteBadges(documents, guide)]) await write(path, text);
  for (const { document, folder } of redacted) await write(runPath(document.run.id), await runPage(document, folder, hide));
  return first;
}

/** The report of one run, with its evidence where its records are there. */
async function runPage(document: Document, folder: RunFolder | undefined, hide: Redact): Promise<string> {
  if (folder === undefined) return renderHtml(document);
  const { evidence, pods, leases } = await evidenceOf(folder, document);
  return renderHtml(document, {
    evidence: new Map([...evidence].map(([key, observation]) => [key, redactDeep(observation, hide)])),
    leases: leases.map((lease) => redactDeep(lease, hide)),
    pods,
  });
}
