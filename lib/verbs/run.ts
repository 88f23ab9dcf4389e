import type { Command } from 'commander';
import { resolve } from 'node:path';
import { partFolders } from '../record/parts.ts';
import { RunFolder } from '../record/run-folder.ts';
import { UsageError } from '../util/errors.ts';
import type { Asking } from '../run/newest.ts';
import { progressOn } from '../run/progress.ts';
import { run, type RunOptions } from '../run/run.ts';
import type { Plan } from '../model/cell.ts';
import type { Document } from '../model/document.ts';
import { costs } from '../plan/cost.ts';
import { partOf, readPackedPlan, wholeOf } from '../plan/packed.ts';
import { parseShard, shardPlan } from '../plan/shards.ts';
import { untilInterrupted } from './interrupt.ts';
import { assertOneHost } from './one-host.ts';
import { planFrom, type PlanFlags } from './plan.ts';
import { baselineOf, publish, type PublishFlags } from './publish.ts';
import { catalogFor } from './catalog.ts';

interface RunFlags extends PlanFlags, PublishFlags {
  json?: boolean;
  resume?: string | true;
  out?: string;
  plan?: string;
  shard?: string;
  keep?: boolean;
}

/** `seams` lets tests have hosts of their own. */
export function runVerb(program: Command, version: string, seams: Pick<RunOptions, 'acquire'> = {}): void {
  program
    .command('run')
    .description('bring up, launch, observe, judge, report')
    .option('--profile <name>', 'a profile of the matrix', 'quick')
    .option('--only <selection>', "narrow it: 'engine=containerd>=1.7 runtime=crun suite=ownership question=OWN-*'")
    .option('--plan <file>', 'what "plan --shards N --json" printed, instead of a profile')
    .option('--shard <i/n>', 'only this part of the plan, counted from 1')
    .option('--resume [run]', 'finish an interrupted run; without a name the latest')
    .option('--out <directory>', 'keep this run below another directory than --results')
    .option('--baseline <run>', 'say what changed since this run, a folder or a report.json')
    .option('--new-only', 'exit by what is new since the baseline')
    .option('--keep', 'then leave the host up for "podproof shell", until Ctrl-C or "podproof clean"')
    .option('--json', 'print report.json instead of a summary')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<RunFlags>();
      const results = resolve(flags.out ?? flags.results);
      const baseline = await baselineOf(flags);
      await untilInterrupted(async (signal) => {
        using progress = progressOn(process.stderr);
        const { folder, plan } = await openOrCreate(flags, results, { signal, progress: (text) => progress.line('plan', text) });
        const catalog = catalogFor(plan);
        const tell = async (document: Document, interrupted: boolean): Promise<void> => {
          const exit = await publish(folder, document, flags, baseline, interrupted);
          // There may be more machines than work: a part without cells is done.
          process.exitCode = plan.cells.length === 0 && !interrupted ? 0 : exit;
        };
        let told = false;
        const keep = async (document: Document): Promise<void> => {
          told = true;
          await tell(document, false);
        };
        const document = await run({
          ...{ plan, folder, catalog, version, progress, signal, ...seams },
          ...(flags.keep === true ? { keep } : {}),
        });
        if (!told) await tell(document, signal.aborted);
      });
    });
}

async function openOrCreate(flags: RunFlags, results: string, asking: Asking): Promise<{ folder: RunFolder; plan: Plan }> {
  if (flags.resume === undefined) {
    const plan = await planOf(flags, asking);
    if (flags.keep === true) assertOneHost(plan, '--keep');
    return { folder: await RunFolder.create(results, plan), plan };
  }
  for (const flag of ['only', 'plan', 'shard'] as const)
    if (flags[flag] !== undefined) throw new UsageError(`Cannot use --${flag} with --resume: a resumed run keeps its own plan`);
  const folder = await RunFolder.open(flags.resume === true ? 'latest' : flags.resume, results);
  if ((await partFolders(folder)).length > 0)
    throw new UsageError(`Cannot resume ${folder.path}: it is a merge; resume the shard that is not complete, and merge again`);
  const plan = await folder.plan();
  if (flags.keep === true) assertOneHost(plan, '--keep');
  return { folder, plan };
}

/** The whole plan, or one shard of it. Every machine must pack alike: by the file of the plan, or by costs that are the same everywhere. */
async function planOf(flags: RunFlags, asking: Asking): Promise<Plan> {
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard);
  if (flags.plan === undefined) {
    const plan = await planFrom(flags, asking);
    return shard === undefined ? plan : shardPlan(plan, shard, costs());
  }
  if (flags.only !== undefined) throw new UsageError('Cannot use --only with --plan: the file of the plan is already narrowed');
  const packed = await readPackedPlan(flags.plan);
  return shard === undefined ? wholeOf(packed) : partOf(packed, shard);
}
