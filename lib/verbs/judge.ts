import type { Command } from 'commander';
import { RunFolder } from '../record/run-folder.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { publish } from './report.ts';
import { rulebookFor } from './rulebook.ts';

export function judgeVerb(program: Command): void {
  program
    .command('judge')
    .argument('<run>', 'a run folder, or its name below --results')
    .description("re-judge a recorded run with today's rules; needs no host")
    .option('--json', 'print report.json instead of a summary')
    .action(async (name: string, _, command: Command) => {
      const flags = command.optsWithGlobals<{ results: string; json?: boolean }>();
      const folder = await RunFolder.open(name, flags.results);
      const plan = await folder.plan();
      const document = await judgeFolder(folder, plan, rulebookFor(plan));
      await publish(folder, plan, document, flags.json === true);
      process.exitCode = document.run.exit;
    });
}
