import { knownIssues, suites } from '../../suites/all.ts';
import type { Catalog } from '../judge/assemble.ts';
import { parseSelection } from '../plan/select.ts';
import { trialSuite } from '../try/suite.ts';
import type { Plan } from '../model/cell.ts';

/** Today's suites and known issues, narrowed as the plan was, to the scenarios that there were when it was made; of a trial its own. */
export function catalogFor({ only, scenarios, tried }: Pick<Plan, 'only' | 'scenarios' | 'tried'>): Catalog {
  const selection = parseSelection(only);
  const planned = (suite: string, scenario: string): boolean => scenarios?.[suite]?.includes(scenario) ?? true;
  return {
    suites: tried === undefined ? suites : [trialSuite(tried)],
    known: knownIssues,
    selects: (suite, scenario, question) =>
      planned(suite, scenario) && selection.suite(suite) && selection.scenario(scenario) && selection.question(question),
  };
}

/** Names that `--only` may use. */
export const vocabulary = {
  scenariosOf: Object.fromEntries(suites.map(({ id, scenarios }) => [id, scenarios.map((scenario) => scenario.id)])),
  scenarios: [...new Set(suites.flatMap((suite) => suite.scenarios.map((scenario) => scenario.id)))],
  questions: suites.flatMap((suite) => suite.questions.map((question) => question.id)),
  suites: suites.map((suite) => suite.id),
};
