import { join } from 'node:path';
import type { Document } from '../../model/document.ts';
import { loadMatrix } from '../../model/matrix/load.ts';
import { makePlan } from '../../plan/plan.ts';
import { RunFolder } from '../../record/run-folder.ts';
import { progressOn } from '../../run/progress.ts';
import { run, type RunOptions } from '../../run/run.ts';
import { packageRoot } from '../../util/paths.ts';
import { catalogFor } from '../../verbs/catalog.ts';

/** A run of our own matrix in this process, in which something is changed behind the plan's back. */
export async function realRun(
  results: string,
  selection: { profile: string; only: string },
  changes: Pick<RunOptions, 'tamper' | 'sabotage'>,
): Promise<Document> {
  const plan = makePlan(await loadMatrix(join(packageRoot, 'matrix.json')), selection);
  return run({
    plan,
    folder: await RunFolder.create(results, plan),
    catalog: catalogFor(plan),
    version: '0.0.0',
    progress: progressOn({ write: () => true }),
    signal: new AbortController().signal,
    ...changes,
  });
}
