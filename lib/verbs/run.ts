import type { Command } from 'commander';
import { resolve } from 'node:path';
import { RunFolder } from '../record/run-folder.ts';
import { UsageError } from '../util/errors.ts';
import { progressOn } from '../run/progress.ts';
import { run } from '../run/run.ts';
import { planFrom, type PlanFlags } from './plan.ts';
import { publish } from './report.ts';
import { rulebookFor } from './rulebook.ts';

interface RunFlags extends PlanFlags {
  results: string;
  resume?: string | true;
  out?: string;
}

export function runVerb(program: Command, version: string): void {
  program
    .command('run')
    .description('bring up, launch, observe, judge, report')
    .option('--profile <name>', 'a profile of the matrix', 'quick')
    .option('--only <selection>', "narrow it: 'engine=containerd>=1.7 runtime=crun suite=ownership rule=OWN-*'")
    .option('--resume [run]', 'finish an interrupted run; without a name the latest')
    .option('--out <directory>', 'keep this run below another directory than --results')
    .option('--json', 'print report.json instead of a summary')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<RunFlags>();
      const results = resolve(flags.out ?? flags.results);
      const { folder, plan } = await openOrCreate(flags, results);
      const abort = new AbortController();
      const interrupt = (): void => abort.abort(new Error('interrupted'));
      process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
      try {
        const rulebook = rulebookFor(plan);
        const progress = progressOn(process.stderr);
        const document = await run({ plan, folder, rulebook, version, progress, signal: abort.signal });
        await publish(folder, plan, document, flags.json === true);
        process.exitCode = abort.signal.aborted ? 130 : document.run.exit;
      } finally {
        process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      }
    });
}

async function openOrCreate(
  flags: RunFlags,
  results: string,
): Promise<{ folder: RunFolder; plan: Awaited<ReturnType<typeof planFrom>> }> {
  if (flags.resume === undefined) {
    const plan = await planFrom(flags);
    return { folder: await RunFolder.create(results, plan), plan };
  }
  if (flags.only !== undefined) throw new UsageError('Cannot use --only with --resume: a resumed run keeps its own plan');
  const folder = await RunFolder.open(flags.resume === true ? 'latest' : flags.resume, results);
  return { folder, plan: await folder.plan() };
}
