import { documentedFor } from '../judge/answer.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { isRefusal } from '../suite/question.ts';
import type { CallTiming } from '../model/cri-request.ts';
import type { PodScenario, Scenario } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import { Cohort } from './cohort.ts';
import { sharesHostNetwork } from './request.ts';
import type { WorkerCell, WorkerContext } from './worker-context.ts';

/**
 * In which order a lease does its work, so that a slot is idle only at its end. What sweeps the host for leftovers would take
 * those of other pods for its own, so it begins when these are gone, unless none of them leaves what it looks for. What changes
 * the host every pod there would see, so it runs alone, and last, as it waits for every slot; so does what opens the spare VFIO
 * group, which takes one opener at a time (EBUSY; Linux drivers/vfio/group.c). A reload of systemd is the same for the pod of every
 * cell, so these run as a cohort, beside each other: not so where a node of the host is changed, as a runtime may change it
 * again. Readings need no pod and see none: they take the processors that one pod alone leaves. What an engine is to refuse is the
 * last of its kind: it is soon done, and the slots come to their end together.
 */
const kinds = ['pod', 'sweeping', 'reading', 'alone'] as const;
export type WorkKind = (typeof kinds)[number];

/** One scenario of one cell. */
export interface LeaseWork {
  kind: WorkKind;
  cell: WorkerCell;
  suite: Suite;
  scenario: Scenario;
  /** Beside whom it may run where it runs alone: it shares the object with them. */
  cohort: Cohort<CallTiming>;
}

/** The tasks of a lease in its order, with what the tables say of them. Throws Error for one that they do not have. */
export function leaseWork(suites: readonly Suite[], { cells, tasks }: Pick<WorkerContext, 'cells' | 'tasks'>): LeaseWork[] {
  const cohorts = new Map<Scenario, Cohort<CallTiming>>();
  const cohortOf = (scenario: Scenario): Cohort<CallTiming> => {
    if (!('meanwhile' in scenario)) return new Cohort();
    const cohort = cohorts.get(scenario) ?? new Cohort();
    cohorts.set(scenario, cohort);
    return cohort;
  };
  const place = ({ cohort }: LeaseWork): number => [...cohorts.values()].indexOf(cohort);
  const all = tasks.map((task): Omit<LeaseWork, 'kind'> => {
    const cell = cells.find(({ facts }) => facts.id === task.cell);
    const suite = suites.find(({ id }) => id === task.suite);
    const scenario = suite?.scenarios.find(({ id }) => id === task.scenario);
    if (cell === undefined || suite === undefined || scenario === undefined)
      throw new Error(
        `Cannot observe ${task.cell} ${task.suite} ${task.scenario}: this lease or these suites have no such thing`,
      );
    return { cell, suite, scenario, cohort: cohortOf(scenario) };
  });
  const sweeps = all.some(isSeenBySweeps) ? 'sweeping' : 'pod';
  return all
    .map((work): LeaseWork => ({ ...work, kind: kindOf(work, sweeps) }))
    .toSorted(
      (a, b) =>
        kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || Number(isRefused(a)) - Number(isRefused(b)) || place(a) - place(b),
    );
}

/** Whether it is documented that the pod is refused. */
function isRefused({ suite: { questions }, scenario: { id }, cell: { facts } }: LeaseWork): boolean {
  return questions.some((question) => {
    const documented = question.on.includes(id) ? documentedFor(question, facts, id) : undefined;
    const answer = documented && question.answers[documented.answer];
    return answer !== undefined && isRefusal(answer.seen);
  });
}

function kindOf({ scenario, cell }: Pick<LeaseWork, 'scenario' | 'cell'>, sweeps: WorkKind): WorkKind {
  if ('reads' in scenario) return 'reading';
  if ('manifest' in scenario) return 'pod';
  const opens = hasGuest(cell.facts.runtime) && opensFunction(scenario);
  if (scenario.hostState !== undefined || scenario.meanwhile !== undefined || opens) return 'alone';
  return scenario.afterRemoval === true ? sweeps : 'pod';
}

/**
 * Whether the sweep for what another pod left takes what this one has for that: a network namespace, or an account or directory of
 * its VMM. Processes and mounts it knows by the ids of their pod (lib/probe/leftovers.ts).
 */
function isSeenBySweeps({ scenario, cell }: Pick<LeaseWork, 'scenario' | 'cell'>): boolean {
  if ('reads' in scenario) return false;
  return 'manifest' in scenario || !sharesHostNetwork(scenario, cell.facts);
}

/** A container gets the group's node and leaves it closed; a VMM plugs the function into its guest. */
function opensFunction({ pod: { devices = [] } }: PodScenario): boolean {
  return devices.some((device) => 'fixture' in device && device.fixture === 'vfioGroup');
}
