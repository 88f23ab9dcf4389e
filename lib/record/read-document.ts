import { readFile } from 'node:fs/promises';
import { messageOf, UsageError } from '../util/errors.ts';
import { Document, documentSchema } from '../model/document.ts';
import { verdictNames } from '../model/verdict.ts';
import { migrated, schemaOf } from './migrate.ts';

/** The document in a file. Throws UsageError with one sentence for a file that is not there, cut short, foreign or newer. */
export async function readDocument(path: string): Promise<Document> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${messageOf(error)}`);
  }
  return parseDocument(text, path);
}

/** Reads report.json of this version or an older one; `where` names it in messages. */
export function parseDocument(text: string, where: string): Document {
  const refuse = (why: string): UsageError => new UsageError(`Cannot read ${where}: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const cut = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    throw refuse(
      cut ? 'it ends in the middle: write it again with "podproof report"' : 'it is no JSON; expected a report.json of podproof',
    );
  }
  const schema = schemaOf(value);
  if (schema === undefined) throw refuse('it has no schema number, so it is no report.json of podproof');
  if (schema > documentSchema)
    throw refuse(`it has schema ${schema}, and this podproof reads up to ${documentSchema}: take a newer podproof`);
  const parsed = Document.safeParse(migrated(value));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refuse(`it is no report.json of podproof: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
  const contradiction = contradictionIn(parsed.data);
  if (contradiction !== undefined) throw refuse(contradiction);
  return parsed.data;
}

/** What makes a document of the right shape impossible; undefined when it is sound. */
function contradictionIn(document: Document): string | undefined {
  const cells = new Set<string>();
  for (const { id } of document.cells) {
    if (cells.has(id)) return `it has the cell ${JSON.stringify(id)} twice`;
    cells.add(id);
  }
  const ids = new Set<string>();
  const counts = new Map<string, number>();
  for (const { cell, suite, scenario, question, verdict } of document.verdicts) {
    if (!cells.has(cell)) return `it judges ${question} in the cell ${JSON.stringify(cell)}, which it does not have`;
    const id = JSON.stringify([cell, suite, scenario, question]);
    if (ids.has(id)) return `it judges ${question} on ${scenario} in ${cell} twice`;
    ids.add(id);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const wrong = verdictNames.find((name) => document.counts[name] !== (counts.get(name) ?? 0));
  if (wrong !== undefined) return `it counts ${document.counts[wrong]} times ${wrong} and has ${counts.get(wrong) ?? 0}`;
  return undefined;
}
