import { assemble, type Records } from '../../judge/assemble.ts';
import { recordedRuns } from '../recorded.ts';
import { renderHtml } from '../../page/page.ts';
import { junitChunks } from '../../report/junit.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import { renderJson } from '../../report/json.ts';
import type { JournalEvent } from '../../model/journal.ts';
import type { Document } from '../../model/document.ts';
import { catalogFor } from '../../verbs/catalog.ts';
import { repeat, type Spread } from './measure.ts';

/** Recorded evidence, copied under other names of hosts until there are so many cells, with as many pods each as there are or as asked for. */
export async function manifold({ cells, each = Infinity }: { cells: number; each?: number }): Promise<Records> {
  const run = recordedRuns().find(({ name }) => name === 'containerd-1.7.24');
  if (run === undefined) throw new Error('Cannot measure: there is no recorded run containerd-1.7.24');
  const plan = await run.folder.plan();
  const all = await Promise.all(plan.cells.map(({ id }) => run.folder.observations([id])));
  const recorded = all.flatMap((pods) => pods.slice(0, each));
  const copies = Math.ceil(cells / plan.cells.length);
  const named = (id: string, copy: number): string => id.replace(/^[^/]+/, `host-${copy}`);
  return {
    plan: {
      ...plan,
      cells: Array.from({ length: copies }, (_, copy) =>
        plan.cells.map((cell) => ({ ...cell, id: named(cell.id, copy), host: { ...cell.host, id: `host-${copy}` } })),
      ).flat(),
    },
    run: run.folder.id,
    events: (await run.folder.events()).flatMap((event): JournalEvent[] =>
      event.event === 'host' ? Array.from({ length: copies }, (_, copy) => ({ ...event, host: `host-${copy}` })) : [event],
    ),
    observations: Array.from({ length: copies }, (_, copy) =>
      recorded.map(({ at, observation }) => ({ at, observation: { ...observation, cell: named(observation.cell, copy) } })),
    ).flat(),
  };
}

/** Judging 10^5 observations; target: less than 10 s. */
export async function benchJudge(): Promise<Spread[]> {
  // 24 of each cell were recorded.
  const records = await manifold({ cells: 4_168 });
  const catalog = catalogFor(records.plan);
  return [await repeat(`judge ${records.observations.length} observations`, 3, () => assemble(records, catalog))];
}

/** A document of 10^4 cells with one verdict each in six questions. */
export function manyCells(one: Document, cells: number): Document {
  const [cell] = one.cells;
  if (cell === undefined) throw new Error('Cannot measure: the document has no cell');
  const verdicts = one.verdicts.filter((verdict) => verdict.cell === cell.id).slice(0, 6);
  const ids = Array.from({ length: cells }, (_, index) => cell.id.replace(/^[^/]+/, `host-${index}`));
  return {
    ...one,
    cells: ids.map((id) => ({ ...cell, id, host: id.split('/')[0] ?? '' })),
    verdicts: ids.flatMap((id) => verdicts.map((verdict) => ({ ...verdict, cell: id }))),
  };
}

/** Rendering 10^4 cells; target: less than 5 s and 300 MB together. */
export async function benchRender(): Promise<Spread[]> {
  const records = await manifold({ cells: 2 });
  const document = manyCells(assemble(records, catalogFor(records.plan)), 10_000);
  const evidence = new Map<string, never>();
  return [
    await repeat('render 10^4 cells as JSON', 3, () => renderJson(document)),
    await repeat('render 10^4 cells as JUnit', 3, () => [...junitChunks(document)].join('')),
    await repeat('render 10^4 cells as Markdown', 3, () => renderMarkdown(document)),
    await repeat('render 10^4 cells as HTML', 3, () => renderHtml(document, { evidence })),
  ];
}
