import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanVerb } from './verbs/clean.ts';
import { doctorVerb } from './verbs/doctor.ts';
import { explainVerb } from './verbs/explain.ts';
import { judgeVerb } from './verbs/judge.ts';
import { planVerb } from './verbs/plan.ts';
import { reportVerb } from './verbs/report.ts';
import { runVerb } from './verbs/run.ts';
import { UsageError, BlockedError, messageOf } from './util/errors.ts';
import { packageRoot } from './util/paths.ts';

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };

const program = new Command('podproof')
  .description('Proof of what privileged, rootless and device pods can really touch, per container engine, runtime and version.')
  .version(version)
  .option('--matrix <file>', 'what to test, on which hosts', join(packageRoot, 'matrix.json'))
  .option('--results <directory>', 'where runs are kept', join(packageRoot, 'results'))
  .showHelpAfterError()
  .exitOverride();

for (const verb of [doctorVerb, planVerb, runVerb, judgeVerb, reportVerb, explainVerb, cleanVerb]) verb(program, version);

// A reader that closes early, like head(1), has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// 0 as documented, 1 a rule is broken, 2 usage, 75 infrastructure, 77 nothing could run here.
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UsageError) {
    process.stderr.write(`podproof: ${messageOf(error)}\n`);
    process.exitCode = 2;
  } else if (error instanceof BlockedError) {
    process.stderr.write(`podproof: ${messageOf(error)}${error.remedy === undefined ? '' : `; ${error.remedy}`}\n`);
    process.exitCode = 75;
  } else {
    process.stderr.write(
      `podproof: this is podproof's own fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 75;
  }
}
