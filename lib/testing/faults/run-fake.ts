import { join } from 'node:path';
import { loadMatrix } from '../../model/matrix/load.ts';
import { makePlan } from '../../plan/plan.ts';
import { RunFolder } from '../../record/run-folder.ts';
import { progressOn } from '../../run/progress.ts';
import { run } from '../../run/run.ts';
import { sayWhy } from '../../verbs/failure.ts';
import { publish } from '../../verbs/publish.ts';
import { catalogFor } from '../../verbs/catalog.ts';
import { acquireFake } from './fake-host.ts';

/** As a program: `run-fake.ts DIRECTORY new|resume ONLY`. `podproof run` as it is, with a fake host in place of a machine. */
const [directory = '', how = 'new', only = ''] = process.argv.slice(2);
try {
  const results = join(directory, 'results');
  const matrix = await loadMatrix(join(directory, 'matrix.json'));
  const folder =
    how === 'resume'
      ? await RunFolder.open('latest', results)
      : await RunFolder.create(results, makePlan(matrix, { profile: 'all', only }));
  const plan = await folder.plan();
  const document = await run({
    plan,
    folder,
    catalog: catalogFor(plan),
    version: '0.0.0',
    progress: progressOn(process.stderr),
    signal: new AbortController().signal,
    acquire: acquireFake,
  });
  process.exitCode = await publish(folder, document, { results }, undefined);
} catch (error) {
  process.exitCode = sayWhy(error);
}
