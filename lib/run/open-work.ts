import { distinctBy } from '../util/group-by.ts';
import { questionsOf, scenariosOf, type Selects } from '../judge/applies.ts';
import type { Catalog } from '../judge/assemble.ts';
import { cellFacts } from '../judge/cell-facts.ts';
import { worthRetry } from '../judge/symptoms.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { scenarioKey } from '../model/observation.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { HostFacts } from '../model/host-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import { costs, type Costs } from '../plan/cost.ts';
import { readCosts } from '../record/costs.ts';
import type { RunFolder } from '../record/run-folder.ts';
import type { CellFacts } from '../suite/requirement.ts';
import { optionsKey, optionsOf, type EngineOptions, type Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import type { Task } from './worker-context.ts';

export type OpenWork = ReturnType<typeof openWork>;

/** What of a host that is up says which scenarios it can have. */
export interface HostUp {
  host: { facts: HostFacts };
  fixtures: Fixtures;
}

/** Which scenarios of which cells still need a pod. `before` are keys of those that need none any more. */
export function openWork(suites: readonly Suite[], selects: Selects, before: Iterable<string> = []) {
  const questions = questionsOf(suites, selects);
  const settled = new Set(before);
  const lost = new Set<string>();

  /** The scenarios that a cell still needs, as far as this is known: without `setting` its host is not up yet. */
  const scenarios = (cell: PlannedCell, setting?: HostUp): Array<{ key: string; suite: string; scenario: Scenario }> =>
    scenariosOf(suites, questions, factsOf(cell, setting))
      .map(({ suite, scenario }) => ({ key: scenarioKey({ cell: cell.id, suite, scenario: scenario.id }), suite, scenario }))
      .filter(({ key }) => !settled.has(key));

  return {
    ...{ suites, questions, scenarios },
    /** What is still to be observed in a cell under these options. */
    tasks: (cell: PlannedCell, setting: HostUp, options: EngineOptions): Task[] =>
      scenarios(cell, setting)
        .filter(({ scenario }) => optionsKey(optionsIn(cell, setting, scenario)) === optionsKey(options))
        .map(({ suite, scenario }) => ({ cell: cell.id, suite, scenario: scenario.id })),
    /** Every combination of switches that these cells still need. */
    switches(cells: readonly PlannedCell[], setting: HostUp): EngineOptions[] {
      const open = cells.flatMap((cell) => scenarios(cell, setting).map(({ scenario }) => optionsIn(cell, setting, scenario)));
      return distinctBy(open, optionsKey);
    },
    settle(keys: Iterable<string>): void {
      for (const key of keys) settled.add(key);
    },
    isSettled: (key: string): boolean => settled.has(key),
    /** This scenario was under way when its host was lost. Returns whether that happened to it before: then it is settled. */
    lose(key: string): boolean {
      const repeated = lost.has(key);
      lost.add(key);
      if (repeated) settled.add(key);
      return repeated;
    },
  };
}

/** Keys of the scenarios that were observed and need no pod any more; what the harness's own trouble spoiled is tried again. */
export async function settledScenarios(
  folder: Pick<RunFolder, 'latest'>,
  cells: readonly PlannedCell[],
  isSpoiled: (outcome: Outcome) => boolean = worthRetry,
): Promise<string[]> {
  const latest = await folder.latest(cells.map((cell) => cell.id));
  return [...latest].filter(([, { outcome }]) => !isSpoiled(outcome)).map(([key]) => key);
}

/** Whether another engine may do better. Where a guest was lost the engine has refused the pod, and a lease has tried it twice. */
export function isEngineSpoiled(outcome: Outcome): boolean {
  return outcome.kind !== 'refused' && worthRetry(outcome);
}

export function factsOf(cell: PlannedCell, setting?: HostUp): CellFacts {
  return cellFacts(cell, setting && { facts: setting.host.facts, fixtures: setting.fixtures });
}

function optionsIn({ runtime }: PlannedCell, { host: { facts } }: HostUp, scenario: Scenario): EngineOptions {
  return optionsOf(scenario, { runtime, facts });
}

/** What the pods of a plan cost by what this machine has learned. */
export async function learnedCosts(plan: Pick<Plan, 'suites'>, catalog: Catalog): Promise<Costs> {
  const suites = catalog.suites.filter((suite) => plan.suites.includes(suite.id));
  const open = openWork(suites, catalog.selects);
  const pods = new Map<PlannedCell, number>();
  const podsOf = (cell: PlannedCell): number => {
    const count = pods.get(cell) ?? open.scenarios(cell).length;
    pods.set(cell, count);
    return count;
  };
  return costs(await readCosts(), podsOf);
}
