import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../model/document.ts';
import type { Observation } from '../model/observation.ts';
import { renderBadgeJson, renderBadgeSvg } from './badge.ts';
import { canonical } from './canonical.ts';
import { ctrfChunks } from './ctrf.ts';
import { renderHtml, type PageOptions } from '../page/page.ts';
import { jsonChunks } from './json.ts';
import { junitChunks } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { redactDeep, redactDocument, redactor } from './redact.ts';

/** A writer hands pieces of this many UTF-16 units to the file. */
const piece = 256 * 1024;

/**
 * Writes report.json, .html, .md and .xml, ctrf.json, badge.svg and badge.json into `directory`, which is created, and
 * returns their paths. Each file is complete or as it was before. `evidence` is by `evidenceKey`. Secrets, serial numbers
 * and names of machines and people are taken out, unless `redact` is false.
 */
export async function writeReports(
  document: Document,
  evidence: ReadonlyMap<string, Observation>,
  directory: string,
  options: { redact?: boolean } & Omit<PageOptions, 'evidence'> = {},
): Promise<string[]> {
  const hide = redactor([hostname()]);
  const redacted = (observation: Observation): Observation =>
    options.redact === false ? observation : redactDeep(observation, hide);
  const ordered = canonical(options.redact === false ? document : redactDocument(document, hide));
  const shown = new Map([...evidence].map(([key, observation]) => [key, redacted(observation)]));
  const leases = (options.leases ?? []).map((lease) => (options.redact === false ? lease : redactDeep(lease, hide)));
  const files: Record<string, () => Iterable<string>> = {
    'report.json': () => jsonChunks(ordered),
    'report.html': () => [renderHtml(ordered, { ...options, evidence: shown, leases })],
    'report.md': () => [renderMarkdown(ordered)],
    'report.xml': () => junitChunks(ordered),
    'ctrf.json': () => ctrfChunks(ordered),
    'badge.svg': () => [renderBadgeSvg(ordered)],
    'badge.json': () => [renderBadgeJson(ordered)],
  };
  return writeFiles(directory, files);
}

/** Writes texts by name into `directory`, which is created, and returns their paths. Each file is complete or as it was before. */
export async function writeFiles(directory: string, files: Readonly<Record<string, () => Iterable<string>>>): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const paths = Object.keys(files).map((name) => join(directory, name));
  // While one is written to the disk, the next is made.
  const written = await Promise.allSettled(
    Object.entries(files).map(([name, render]) => replaceFile(join(directory, name), render)),
  );
  for (const each of written) if (each.status === 'rejected') throw each.reason;
  return paths;
}

/** Writes beside the target and renames, so that a reader never sees half of a report. */
async function replaceFile(path: string, render: () => Iterable<string>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      let waiting: string[] = [];
      let length = 0;
      for (const text of render()) {
        waiting.push(text);
        length += text.length;
        if (length < piece) continue;
        await file.writeFile(waiting.join(''));
        waiting = [];
        length = 0;
      }
      await file.writeFile(waiting.join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
