import type { Command } from 'commander';
import { fetchAll, type Fetched } from '../run/fetch.ts';
import { progressOn } from '../run/progress.ts';
import { widthOf, wrapText } from '../util/wrap.ts';
import { untilInterrupted } from './interrupt.ts';
import { planFrom, type PlanFlags } from './plan.ts';
import { print } from './print.ts';

export function fetchVerb(program: Command): void {
  program
    .command('fetch')
    .description('artifacts and host images for offline use: after it a run of the same profile needs no network')
    .option('--profile <name>', 'a profile of the matrix', 'quick')
    .option('--only <selection>', "narrow it: 'engine=containerd>=1.7 runtime=crun'")
    .option('--json', 'for machines')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags>();
      await untilInterrupted(async (signal) => {
        using progress = progressOn(process.stderr);
        try {
          const plan = await planFrom(flags, { signal, progress: (text) => progress.line('plan', text) });
          const fetched = await fetchAll(plan, { signal, progress: (phase, text) => progress.line(phase, text) });
          print(flags.json, fetched, () => wrapText(fetched.map(line).join(''), widthOf(process.stdout), 9));
          process.exitCode = fetched.some(({ reason }) => reason !== undefined) ? 75 : 0;
        } finally {
          if (signal.aborted)
            progress.line('fetch', 'interrupted: what was begun is kept, and the next fetch goes on from there');
        }
      });
    });
}

function line({ what, from, reason }: Fetched): string {
  return reason === undefined ? `ready    ${what}: ${from}\n` : `blocked  ${what}: ${reason}\n`;
}
