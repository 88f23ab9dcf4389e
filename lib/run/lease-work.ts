import { questionsOf, unmet } from '../judge/applies.ts';
import { scenarioKey } from '../model/observation.ts';
import type { Question } from '../suite/question.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { optionsKey, optionsOf, recordedOptions, type PodScenario, type Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import type { WorkerCell, WorkerContext } from './worker-context.ts';

/**
 * In which order a lease does its work, so that a slot is idle only at its end. Readings are short, need no pod, and fill
 * what the last pods leave. What sweeps the host for leftovers would take those of other pods for its own, so it begins when
 * these are gone. What changes the host every pod there would see, so it runs alone, and last, as it waits for every slot; so
 * does what opens the spare VFIO group, which takes one opener at a time (EBUSY; Linux drivers/vfio/group.c).
 */
const turns = ['pod', 'reading', 'sweeping', 'alone'] as const;
export type Turn = (typeof turns)[number];

/** One scenario of one cell, with the questions that are asked of it. */
export interface LeaseWork {
  turn: Turn;
  cell: WorkerCell;
  suite: Suite;
  scenario: Scenario;
  questions: Question[];
}

/** What somebody judges under the options of this lease and nobody has observed, in its order. */
export function leaseWork(suites: readonly Suite[], context: WorkerContext): LeaseWork[] {
  const options = optionsKey(recordedOptions(context.lease.engine.options));
  const selected = new Set(context.selected);
  const asked = questionsOf(suites, (suite, scenario, question) => selected.has(`${suite}/${scenario}/${question}`));
  return suites
    .flatMap((suite) =>
      context.cells.flatMap((cell) =>
        suite.scenarios
          .filter(
            (scenario) =>
              optionsKey(optionsOf(scenario, cell.facts.runtime)) === options &&
              !context.done.includes(scenarioKey({ cell: cell.facts.id, suite: suite.id, scenario: scenario.id })),
          )
          .map((scenario) => ({
            turn: turnOf(scenario, cell),
            cell,
            suite,
            scenario,
            questions: asked
              .filter((one) => one.scenario === scenario && unmet(one, cell.facts) === undefined)
              .map(({ question }) => question),
          })),
      ),
    )
    .filter(({ questions }) => questions.length > 0)
    .toSorted((a, b) => turns.indexOf(a.turn) - turns.indexOf(b.turn));
}

function turnOf(scenario: Scenario, { facts: { runtime } }: WorkerCell): Turn {
  if ('reads' in scenario) return 'reading';
  if (scenario.hostState !== undefined || (hasGuest(runtime) && opensFunction(scenario))) return 'alone';
  return scenario.afterRemoval === true ? 'sweeping' : 'pod';
}

/** A container gets the group's node and leaves it closed; a VMM plugs the function into its guest. */
function opensFunction({ pod: { devices = [] } }: PodScenario): boolean {
  return devices.some((device) => 'fixture' in device && device.fixture === 'vfioGroup');
}
