import { assemble, type Rulebook } from '../judge/assemble.ts';
import type { Plan } from '../plan/cell.ts';
import type { Document } from '../record/document.ts';
import type { RunFolder } from '../record/run-folder.ts';

/** Judges what a run folder holds with today's rules; needs no host. */
export async function judgeFolder(folder: RunFolder, plan: Plan, rulebook: Rulebook): Promise<Document> {
  const observations = await folder.observations(plan.cells.map((cell) => cell.id));
  return assemble({ plan, run: folder.id, events: await folder.events(), observations }, rulebook);
}
