import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanVerb } from './verbs/clean.ts';
import { doctorVerb } from './verbs/doctor.ts';
import { explainVerb } from './verbs/explain.ts';
import { fetchVerb } from './verbs/fetch.ts';
import { judgeVerb } from './verbs/judge.ts';
import { planVerb } from './verbs/plan.ts';
import { reportVerb } from './verbs/report.ts';
import { runVerb } from './verbs/run.ts';
import { sayWhy } from './verbs/failure.ts';
import { packageRoot } from './util/paths.ts';

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };

const program = new Command('podproof')
  .description('Proof of what privileged, rootless and device pods can really touch, per container engine, runtime and version.')
  .version(version)
  .option('--matrix <file>', 'what to test, on which hosts', join(packageRoot, 'matrix.json'))
  .option('--results <directory>', 'where runs are kept', join(packageRoot, 'results'))
  .option('--no-redact', 'keep secrets, serial numbers and names of machines and people in reports')
  .showHelpAfterError()
  .exitOverride();

for (const verb of [doctorVerb, planVerb, fetchVerb, runVerb, judgeVerb, reportVerb, explainVerb, cleanVerb])
  verb(program, version);

// Debian keeps mke2fs and debugfs out of the path of a user who is not root.
process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

// A reader that closes early, like head(1), has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = sayWhy(error);
}
