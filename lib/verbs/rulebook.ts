import { knownIssues, suites } from '../../suites/all.ts';
import type { Rulebook } from '../judge/assemble.ts';
import { parseSelection } from '../plan/select.ts';
import type { Plan } from '../plan/cell.ts';

/** Today's suites and known issues, narrowed as the plan was. */
export function rulebookFor(plan: Pick<Plan, 'only'>): Rulebook {
  const selection = parseSelection(plan.only ?? '');
  return {
    suites,
    known: knownIssues,
    selects: (suite, scenario, rule) => selection.suite(suite) && selection.scenario(scenario) && selection.rule(rule),
  };
}

/** Names that `--only` may use. */
export const vocabulary = {
  scenarios: [...new Set(suites.flatMap((suite) => suite.scenarios.map((scenario) => scenario.id)))],
  rules: suites.flatMap((suite) => suite.rules.map((rule) => rule.id)),
  suites: suites.map((suite) => suite.id),
};
