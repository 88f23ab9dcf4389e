import type { Command } from 'commander';
import { loadMatrix } from '../model/matrix/load.ts';
import type { Plan } from '../model/cell.ts';
import { explainPlan, planText } from '../plan/explain.ts';
import { makePlan } from '../plan/plan.ts';
import { escapeLine } from '../report/escape.ts';
import { checkNewest, standingsText } from '../run/check-newest.ts';
import { learnedCosts } from '../run/open-work.ts';
import { findVersions, type Asking } from '../run/newest.ts';
import { UsageError } from '../util/errors.ts';
import { widthOf, wrapText } from '../util/wrap.ts';
import { untilInterrupted } from './interrupt.ts';
import { catalogFor, vocabulary } from './catalog.ts';
import { print } from './print.ts';

/** How old an answer a plan for people may show: Debian makes an index every six hours, and fetching one takes 5 s. Shards run what --json says. */
const hourMs = 3_600_000;

export interface PlanFlags {
  matrix: string;
  profile: string;
  only?: string;
  kubelet?: string;
  json?: boolean;
  shards?: string;
  checkNewest?: boolean;
  all?: boolean;
}

/**
 * The plan that the flags describe, with the versions that its floating ones come to. Throws UsageError for anything that the
 * matrix or the suites do not have.
 */
export async function planFrom(flags: PlanFlags, asking: Asking): Promise<Plan> {
  const matrix = await loadMatrix(flags.matrix);
  const { profile, only, kubelet } = flags;
  const options = { profile, ...vocabulary, only, kubelet };
  const draft = makePlan(matrix, options);
  const found = await findVersions(draft.cells, asking);
  const plan = found.size === 0 ? draft : makePlan(matrix, { ...options, found });
  const unknown = plan.suites.find((suite) => !vocabulary.suites.includes(suite));
  if (unknown !== undefined) {
    throw new UsageError(
      `${flags.matrix}: profiles.${flags.profile}.suites: there is no suites/${unknown}.suite.ts; suites: ${vocabulary.suites.join(', ')}`,
    );
  }
  return plan;
}

export function planVerb(program: Command): void {
  program
    .command('plan')
    .description('the cells, their cost, and why the others are left out')
    .option('--profile <name>', 'a profile of the matrix', 'quick')
    .option('--only <selection>', "narrow it: 'engine=containerd>=1.7 runtime=crun suite=ownership question=OWN-*'")
    .option('--shards <n>', 'pack the cells for this many machines')
    .option('--all', 'each cell on a line of its own, with what it stands for where the profile covers pairs')
    .option('--check-newest', 'instead of a plan, list versions that are newer than those of the matrix')
    .option('--json', 'for machines')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags>();
      const shards = shardCount(flags.shards);
      await untilInterrupted(async (signal) => {
        const asking = { signal, progress: (text: string) => process.stderr.write(`${escapeLine(text)}\n`) };
        if (flags.checkNewest === true) {
          const standings = await checkNewest(await loadMatrix(flags.matrix), asking);
          return print(flags.json, standings, () => shown(standingsText(standings)));
        }
        const plan = await planFrom(flags, { ...asking, lastAnswerMs: flags.json === true ? 0 : hourMs });
        const by = await learnedCosts(plan, catalogFor(plan));
        print(flags.json, explainPlan(plan, by, shards), () => shown(planText(plan, by, shards, flags.all === true)));
      });
    });
}

function shown(text: string): string {
  return wrapText(text, widthOf(process.stdout), 2);
}

function shardCount(text = '1'): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`--shards: expected a number from 1 to 9999, found "${text}"`);
  return Number(text);
}
