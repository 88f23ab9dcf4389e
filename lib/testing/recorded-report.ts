import { join } from 'node:path';
import { recordedRuns } from './recorded.ts';
import type { Document } from '../model/document.ts';
import { readDocument } from '../record/read-document.ts';
import { leasesIn } from '../model/journal.ts';
import type { Observation } from '../model/observation.ts';
import { renderHtml } from '../page/page.ts';
import { withVerdicts } from './report/sample.ts';
import { sideBySide } from '../report/side-by-side.ts';
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
  const leases = runs.flatMap(({ events }) => leasesIn(events));
  return renderHtml(allRuns(runs.map(({ document }) => document)), { evidence, leases });
}

/** For a picture: a report is of one run. */
function allRuns(documents: readonly Document[]): Document {
  const [first] = documents;
  if (first === undefined) throw new Error('Cannot show recorded runs: there is none below results/reference');
  const all = sideBySide(documents, first);
  return withVerdicts({ ...all, run: { ...first.run, id: 'reference' }, excluded: [] }, all.verdicts);
}
