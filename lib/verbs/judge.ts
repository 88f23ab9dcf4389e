import type { Command } from 'commander';
import { RunFolder } from '../record/run-folder.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { baselineOf, publish, type PublishFlags } from './publish.ts';
import { catalogFor } from './catalog.ts';

export function judgeVerb(program: Command): void {
  program
    .command('judge')
    .argument('<run>', 'a run folder, or its name below --results')
    .description("re-judge a recorded run with today's questions; needs no host")
    .option('--baseline <run>', 'say what changed since this run, a folder or a report.json')
    .option('--new-only', 'exit by what is new since the baseline')
    .option('--json', 'print report.json instead of a summary')
    .action(async (name: string, _, command: Command) => {
      const flags = command.optsWithGlobals<PublishFlags>();
      const baseline = await baselineOf(flags);
      const folder = await RunFolder.open(name, flags.results);
      const document = await judgeFolder(folder, catalogFor(await folder.plan()));
      process.exitCode = await publish(folder, document, flags, baseline);
    });
}
