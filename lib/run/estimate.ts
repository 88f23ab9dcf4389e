import type { Catalog } from '../judge/assemble.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { costs, type Costs } from '../plan/cost.ts';
import { readCosts } from '../record/costs.ts';
import { OpenWork } from './open-work.ts';

/** What the pods of a plan cost by what this machine has learned. */
export async function learnedCosts(plan: Pick<Plan, 'suites'>, catalog: Catalog): Promise<Costs> {
  const suites = catalog.suites.filter((suite) => plan.suites.includes(suite.id));
  const open = new OpenWork(suites, catalog.selects);
  const pods = new Map<PlannedCell, number>();
  const podsOf = (cell: PlannedCell): number => {
    const count = pods.get(cell) ?? open.scenarios(cell).length;
    pods.set(cell, count);
    return count;
  };
  return costs(await readCosts(), podsOf);
}
