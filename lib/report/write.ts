import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../record/document.ts';
import type { Observation } from '../record/observation.ts';
import { renderBadgeJson, renderBadgeSvg } from './badge.ts';
import { canonical } from './canonical.ts';
import { compare } from './compare.ts';
import { renderCtrf } from './ctrf.ts';
import { renderHtml } from './html/page.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';

/**
 * Writes report.json, .html, .md and .xml, ctrf.json, badge.svg and badge.json into `directory`, which is created, and
 * returns their paths. Each file is complete or as it was before. `evidence` is by `evidenceKey`.
 */
export async function writeReports(
  document: Document,
  evidence: ReadonlyMap<string, Observation>,
  directory: string,
  options: { baseline?: Document } = {},
): Promise<string[]> {
  const ordered = canonical(document);
  const comparison = options.baseline && { comparison: compare(options.baseline, ordered) };
  const files: Record<string, () => string> = {
    'report.json': () => renderJson(ordered),
    'report.html': () => renderHtml(ordered, { evidence, ...comparison }),
    'report.md': () => renderMarkdown(ordered, { ...comparison }),
    'report.xml': () => renderJunit(ordered),
    'ctrf.json': () => renderCtrf(ordered),
    'badge.svg': () => renderBadgeSvg(ordered),
    'badge.json': () => renderBadgeJson(ordered),
  };
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const [name, render] of Object.entries(files)) {
    const path = join(directory, name);
    await replaceFile(path, render());
    paths.push(path);
  }
  return paths;
}

/** Writes beside the target and renames, so that a reader never sees half of a report. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
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
