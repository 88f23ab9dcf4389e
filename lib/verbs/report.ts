import type { Command } from 'commander';
import { join } from 'node:path';
import { planMerge, writeMerge } from '../record/merge.ts';
import { RunFolder } from '../record/run-folder.ts';
import { history } from '../report/history.ts';
import { historyText } from '../report/history-text.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { UsageError } from '../util/errors.ts';
import { widthOf, wrapText } from '../util/wrap.ts';
import { print } from './print.ts';
import { baselineOf, publish, type PublishFlags } from './publish.ts';
import { recordedRun } from './recorded.ts';
import { writeRepro } from './repro.ts';
import { catalogFor } from './catalog.ts';
import { writeSite } from './site.ts';

interface ReportFlags extends PublishFlags {
  out?: string;
  history?: boolean;
  site?: string;
  repro?: string;
}

export function reportVerb(program: Command): void {
  program
    .command('report')
    .argument('<run...>', 'run folders, or their names below --results')
    .description('render the reports of a run again; merge shards into one run; compare; history and site of many runs')
    .option('--out <directory>', 'merge into this directory; without it a new one below --results')
    .option('--baseline <run>', 'say what changed since this run, a folder or a report.json')
    .option('--new-only', 'exit by what is new since the baseline')
    .option('--history', 'how each question is answered, over all these runs: tested versions, and since which of them')
    .option('--site <directory>', 'write pages that answer what works with which versions, from all these runs')
    .option('--annotations', 'also print workflow commands for GitHub Actions: what is worst')
    .option('--repro <verdict>', 'write what launches the pod of this verdict again with crictl into --out')
    .option('--json', 'print report.json, or the history, instead of a summary')
    .action(async (names: string[], _, command: Command) => {
      const flags = command.optsWithGlobals<ReportFlags>();
      refuseMixed(flags);
      if (flags.history === true || flags.site !== undefined) return reportMany(names, flags);
      if (flags.repro !== undefined) return repro(names, flags.repro, flags);
      const baseline = await baselineOf(flags);
      const folders = await Promise.all(names.map((name) => RunFolder.open(name, flags.results)));
      const [only] = folders;
      const merges = only === undefined || folders.length > 1 || flags.out !== undefined;
      const folder = merges ? await merged(folders, flags) : only;
      const exit = await publish(folder, await judgeFolder(folder, catalogFor(await folder.plan())), flags, baseline);
      // What was judged when it ran is only rendered again; a merge is judged for the first time.
      process.exitCode = merges || flags.newOnly === true ? exit : 0;
    });
}

async function merged(folders: readonly RunFolder[], flags: ReportFlags): Promise<RunFolder> {
  const merge = await planMerge(folders);
  return writeMerge(merge, flags.out ?? join(flags.results, `merge-${merge.digest}`));
}

async function repro([name = '', ...others]: readonly string[], verdict: string, flags: ReportFlags): Promise<void> {
  if (flags.out === undefined || others.length > 0)
    throw new UsageError('Cannot write a bundle: --repro takes one run, and --out with a directory that is not there yet');
  const folder = await RunFolder.open(name, flags.results);
  await writeRepro(folder, await judgeFolder(folder, catalogFor(await folder.plan())), verdict, flags.out);
  process.stdout.write(`Bundle    ${flags.out}: read its README.md\n`);
}

/** Runs of different plans side by side. */
async function reportMany(names: readonly string[], flags: ReportFlags): Promise<void> {
  const runs = await Promise.all(names.map((name) => recordedRun(name, flags.results)));
  if (flags.site !== undefined) process.stdout.write(`Site      ${await writeSite(runs, flags.site)}\n`);
  if (flags.history !== true) return;
  const past = history(runs.map(({ document }) => document));
  print(flags.json, past, () => wrapText(historyText(past), widthOf(process.stdout), 4));
}

function refuseMixed(flags: ReportFlags): void {
  const many = flags.history === true ? '--history' : flags.site === undefined ? undefined : '--site';
  const one = (['out', 'baseline', 'newOnly', 'repro'] as const).find((flag) => flags[flag] !== undefined);
  if (many !== undefined && one !== undefined)
    throw new UsageError(
      `Cannot use ${many} with --${one === 'newOnly' ? 'new-only' : one}: it is about many runs, each for itself`,
    );
}
