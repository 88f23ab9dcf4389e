import { join } from 'node:path';
import { recordedRuns } from './recorded.ts';
import { type Document, verdictId } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import { worstOf } from '../model/verdict.ts';
import { renderHtml } from '../page/page.ts';
import { countOf } from './report/sample.ts';
import { evidenceKey } from '../report/verdicts.ts';

/** One page of all recorded runs below results/reference side by side, with their evidence. */
export async function recordedPage(): Promise<string> {
  const runs = await Promise.all(
    recordedRuns().map(async ({ folder }) => {
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
    counts: countOf(verdicts),
    cells,
    verdicts,
    hosts: distinct(
      documents.flatMap((document) => document.hosts),
      ({ id }) => id,
    ),
    questions: distinct(
      documents.flatMap((document) => document.questions),
      ({ suite, id }) => `${suite} ${id}`,
    ),
    known: distinct(
      documents.flatMap((document) => document.known),
      ({ id }) => id,
    ),
    excluded: [],
  };
}
