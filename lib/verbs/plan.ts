import type { Command } from 'commander';
import { loadMatrix } from '../model/matrix/load.ts';
import type { Plan } from '../model/cell.ts';
import { explainPlan, planText } from '../plan/explain.ts';
import { makePlan } from '../plan/plan.ts';
import { learnedCosts } from '../run/estimate.ts';
import { UsageError } from '../util/errors.ts';
import { rulebookFor, vocabulary } from './rulebook.ts';

export interface PlanFlags {
  matrix: string;
  profile: string;
  only?: string;
  json?: boolean;
  shards?: string;
}

/** The plan that the flags describe. Throws UsageError for anything that the matrix or the suites do not have. */
export async function planFrom(flags: PlanFlags): Promise<Plan> {
  const matrix = await loadMatrix(flags.matrix);
  const plan = makePlan(matrix, {
    profile: flags.profile,
    ...vocabulary,
    ...(flags.only === undefined ? {} : { only: flags.only }),
  });
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
    .option('--only <selection>', "narrow it: 'engine=containerd>=1.7 runtime=crun suite=ownership rule=OWN-*'")
    .option('--shards <n>', 'pack the cells for this many machines')
    .option('--json', 'for machines')
    .action(async (_, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags>();
      const plan = await planFrom(flags);
      const shards = shardCount(flags.shards);
      const by = await learnedCosts(plan, rulebookFor(plan));
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(explainPlan(plan, by, shards), undefined, 2)}\n` : planText(plan, by, shards),
      );
    });
}

function shardCount(text = '1'): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`--shards: expected a number from 1 to 9999, found "${text}"`);
  return Number(text);
}
