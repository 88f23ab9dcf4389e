import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sayWhy } from './verbs/failure.ts';
import { endWithReader } from './verbs/interrupt.ts';
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

type Verb = (program: Command, version: string) => void;

/** Loaded when they are named: an answer should not wait for the code that drives VMs. */
const verbs: Record<string, () => Promise<Verb>> = {
  doctor: async () => (await import('./verbs/doctor.ts')).doctorVerb,
  plan: async () => (await import('./verbs/plan.ts')).planVerb,
  fetch: async () => (await import('./verbs/fetch.ts')).fetchVerb,
  run: async () => (await import('./verbs/run.ts')).runVerb,
  qualify: async () => (await import('./verbs/qualify.ts')).qualifyVerb,
  try: async () => (await import('./verbs/try.ts')).tryVerb,
  shell: async () => (await import('./verbs/shell.ts')).shellVerb,
  'describe-devices': async () => (await import('./verbs/describe-devices.ts')).describeDevicesVerb,
  judge: async () => (await import('./verbs/judge.ts')).judgeVerb,
  report: async () => (await import('./verbs/report.ts')).reportVerb,
  explain: async () => (await import('./verbs/explain.ts')).explainVerb,
  clean: async () => (await import('./verbs/clean.ts')).cleanVerb,
};

// A word that only looks like a verb, such as a directory named "run", costs nothing but time. Help needs all of them.
const words = process.argv.slice(2);
const all = Object.entries(verbs);
const named = words.includes('help') ? all : all.filter(([name]) => words.includes(name));
const versionOnly = words.some((word) => ['-V', '--version'].includes(word));
for (const [, load] of named.length > 0 || versionOnly ? named : all) (await load())(program, version);

endWithReader(process.stdout, process.stderr);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = sayWhy(error);
}
