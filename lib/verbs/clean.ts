import type { Command } from 'commander';
import { clean, type Cleaned } from '../host/clean.ts';

export function cleanVerb(program: Command): void {
  program
    .command('clean')
    .description('undo what killed runs left behind, from the ledger; exit code 75 where something could not be undone')
    .option('--dry-run', 'only say what would be done')
    .option('--all', 'also what belongs to runs that are still going')
    .option('--json', 'for machines')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<{ dryRun?: boolean; all?: boolean; json?: boolean }>();
      const cleaned = await clean({ dryRun: flags.dryRun ?? false, all: flags.all ?? false });
      if (flags.json === true) process.stdout.write(`${JSON.stringify(cleaned, undefined, 2)}\n`);
      else process.stdout.write(cleaned.length === 0 ? 'Nothing is left of any run.\n' : `${cleaned.map(describe).join('\n')}\n`);
      process.exitCode = cleaned.some(({ outcome }) => outcome === 'failed') ? 75 : 0;
    });
}

function describe({ run, entry, outcome, detail }: Cleaned): string {
  const what = entry.kind === 'path' ? entry.path : `${entry.kind} ${entry.token}`;
  return `${outcome}: ${what} of run ${run}${detail === '' ? '' : `: ${detail}`}`;
}
