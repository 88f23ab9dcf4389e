import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Document } from '../model/document.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { renderAnnotations } from '../report/annotations.ts';
import { withBaseline } from '../report/compare.ts';
import { renderJson } from '../report/json.ts';
import { redactDocument, redactor } from '../report/redact.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { UsageError } from '../util/errors.ts';
import { widthOf } from '../util/wrap.ts';
import { evidenceOf } from './evidence.ts';
import { recordedDocument } from './recorded.ts';

export interface PublishFlags {
  results: string;
  json?: boolean;
  baseline?: string;
  newOnly?: boolean;
  annotations?: boolean;
  /** False with --no-redact. */
  redact?: boolean;
}

/** The run to compare with, read before anything is done. Throws UsageError for one that is none, and for --new-only without one. */
export async function baselineOf(flags: PublishFlags): Promise<Document | undefined> {
  if (flags.baseline !== undefined) return recordedDocument(flags.baseline, flags.results);
  if (flags.newOnly === true) throw new UsageError('--new-only: name the run that is not new, with --baseline');
  return undefined;
}

/**
 * Writes every report beside the records and says on standard output what came out. Returns the exit code: of all
 * verdicts, with `newOnly` of what changed since the baseline, or 130 of a run that was interrupted.
 */
export async function publish(
  folder: RunFolder,
  judged: Document,
  flags: PublishFlags,
  baseline: Document | undefined,
  interrupted = false,
): Promise<number> {
  const document = await writeAll(folder, baseline === undefined ? judged : withBaseline(judged, baseline), flags);
  const newOnly = flags.newOnly === true;
  // `--resume` without a name looks below --results.
  const resume = dirname(folder.path) === resolve(flags.results) ? {} : { resume: folder.path };
  process.stdout.write(
    flags.json === true
      ? renderJson(document)
      : renderTerminal(document, {
          reportPath: `${folder.path}/report.html`,
          newOnly,
          interrupted,
          ...resume,
          width: widthOf(process.stdout),
        }),
  );
  if (flags.annotations === true) process.stdout.write(renderAnnotations(document));
  if (interrupted) return 130;
  return newOnly ? (document.baseline?.exit ?? document.run.exit) : document.run.exit;
}

/** Writes every report beside the records, and returns what they tell of the document: without secrets, unless they are wanted. */
export async function writeAll(folder: RunFolder, judged: Document, flags: Pick<PublishFlags, 'redact'>): Promise<Document> {
  const redact = flags.redact !== false;
  const document = redact ? redactDocument(judged, redactor([hostname()])) : judged;
  const { evidence, pods, leases } = await evidenceOf(folder, document);
  await writeReports(document, evidence, folder.path, { redact, leases, pods });
  return document;
}
