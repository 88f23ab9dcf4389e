import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '../record/document.ts';
import { readDocument } from '../record/read-document.ts';
import type { LeaseRecord, Observation } from '../record/observation.ts';
import { RunFolder } from '../record/run-folder.ts';
import { packageRoot } from '../util/paths.ts';
import { renderHtml } from './html/page.ts';
import { evidenceKey, verdictId, worstOf } from './verdicts.ts';

/** One page of all recorded runs below results/reference side by side, with their evidence. */
export async function recordedPage(): Promise<string> {
  const reference = join(packageRoot, 'results/reference');
  const folders = (await readdir(reference, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const runs = await Promise.all(
    folders.map(async ({ name }) => {
      const folder = new RunFolder(join(reference, name));
      const document = await readDocument(join(folder.path, 'report.json'));
      const observations = await folder.observations(document.cells.map(({ id }) => id));
      return { document, observations, events: await folder.events() };
    }),
  );
  const evidence = new Map<string, Observation>(
    runs.flatMap((run) => run.observations.map(({ observation }) => [evidenceKey(observation), observation] as const)),
  );
  const leases: LeaseRecord[] = runs.flatMap(({ events }) =>
    events.flatMap((event) => (event.event === 'lease' ? [event.record] : [])),
  );
  return renderHtml(sideBySide(runs.map(({ document }) => document)), { evidence, leases });
}

/** Runs of different plans in one document: for a picture, as a report is of one run. The last run of a verdict counts. */
function sideBySide(documents: readonly Document[]): Document {
  const [first] = documents;
  if (first === undefined) throw new Error('Cannot show recorded runs: there is none below results/reference');
  const distinct = <Row>(rows: readonly Row[], key: (row: Row) => string): Row[] => [
    ...new Map(rows.map((row) => [key(row), row])).values(),
  ];
  const verdicts = distinct(
    documents.flatMap((document) => document.verdicts),
    verdictId,
  );
  const counts = { ...first.counts };
  for (const name of Object.keys(counts) as Array<keyof typeof counts>)
    counts[name] = verdicts.filter(({ verdict }) => verdict === name).length;
  const cells = distinct(
    documents.flatMap((document) => document.cells),
    ({ id }) => id,
  ).map((cell) => {
    const own = verdicts.filter((verdict) => verdict.cell === cell.id).map(({ verdict }) => verdict);
    return { ...cell, verdict: worstOf(own) ?? cell.verdict };
  });
  return {
    ...first,
    run: { ...first.run, id: 'reference' },
    counts,
    cells,
    verdicts,
    hosts: distinct(
      documents.flatMap((document) => document.hosts),
      ({ id }) => id,
    ),
    rules: distinct(
      documents.flatMap((document) => document.rules),
      ({ suite, id }) => `${suite} ${id}`,
    ),
    known: distinct(
      documents.flatMap((document) => document.known),
      ({ id }) => id,
    ),
    excluded: [],
  };
}
