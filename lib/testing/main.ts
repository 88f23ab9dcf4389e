import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { packageRoot } from '../util/paths.ts';
import { ClosingLine } from './closing-line.ts';

// All tests, for `npm test`; words narrow them to the files whose path has one of them. Three instances of vitest share the
// processors, as workers of one would wait for each other: one for what waits for virtual machines, one for the newcomer, who builds an
// image of his own, and one for all else.
const lanes = [['machine'], ['newcomer'], ['unit', 'e2e']];
const closing = new ClosingLine();
const ran = await Promise.all(
  lanes.map((project) =>
    startVitest('test', process.argv.slice(2), {
      config: join(packageRoot, 'lib/testing/vitest.config.ts'),
      project,
      watch: false,
      passWithNoTests: true,
      // Without its live summary, of which several would overwrite each other.
      reporters: [['default', { summary: false }], closing],
    }),
  ),
);
await Promise.all(ran.map((vitest) => vitest.close()));
process.exitCode = closing.print();
