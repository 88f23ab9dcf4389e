import type { Document } from '../model/document.ts';
import { leasesIn } from '../model/journal.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import { evidenceBudget, podsByVerdict } from '../page/page.ts';
import { readParts } from '../record/parts.ts';
import type { Located, RunFolder } from '../record/run-folder.ts';

/** The observations of the worst verdicts, as many as a page carries of all `pods`, and the engines that they were made with. */
export async function evidenceOf(
  folder: RunFolder,
  document: Document,
): Promise<{ evidence: Map<string, Observation>; pods: number; leases: LeaseRecord[] }> {
  const parts = await readParts(folder);
  const wanted = podsByVerdict(document);
  const evidence = new Map<string, Observation>();
  let room = evidenceBudget;
  let had: { cell: string; seen: Located[] } | undefined;
  for (const { key, cell, at } of wanted) {
    // Neighbours are of one cell, mostly.
    if (had?.cell !== cell) had = { cell, seen: (await Promise.all(parts.map((part) => part.observations(cell)))).flat() };
    const observation = had.seen.find((located) => located.at === at)?.observation;
    if (observation === undefined) continue;
    evidence.set(key, observation);
    room -= JSON.stringify(observation).length;
    if (room < 0) break;
  }
  const leases = parts.flatMap(({ events }) => leasesIn(events));
  return { evidence, pods: wanted.length, leases };
}
