import type { Plan } from '../model/cell.ts';
import type { TriedContainer } from '../model/tried.ts';
import { planHash } from '../plan/hash.ts';
import { trialSuiteId } from './suite.ts';

/** The plan of a trial that is kept as a run: its one suite is made of its own containers, so that it is judged and compared like any other. */
export function recordedPlan(plan: Plan, tried: readonly TriedContainer[]): Plan {
  const content = {
    ...{ only: '', suites: [trialSuiteId], cells: plan.cells },
    scenarios: { [trialSuiteId]: tried.map(({ scenario }) => scenario) },
  };
  return { ...plan, ...content, tried: [...tried], hash: planHash(content) };
}

/** The plan of a trial of which nothing is judged. */
export function unrecordedPlan(plan: Plan): Plan {
  return { ...plan, suites: [], scenarios: {} };
}
