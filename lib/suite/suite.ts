import type { Rule } from './rule.ts';
import type { Scenario } from './scenario.ts';

/** Scenarios and the rules on them: the unit that `--only suite=` and a profile name. */
export interface Suite {
  id: string;
  title: string;
  scenarios: Scenario[];
  rules: Rule[];
}

/** Checks a suite when it is loaded, so that a slip in a table is found before a host is started. */
export function suite(table: Suite): Suite {
  const where = `suites/${table.id}.suite.ts`;
  const scenarios = new Set<string>();
  for (const { id } of table.scenarios) {
    if (scenarios.has(id)) throw new Error(`Cannot load ${where}: the scenario "${id}" stands twice`);
    scenarios.add(id);
  }
  const rules = new Set<string>();
  const judged = new Set<string>();
  for (const { id, on } of table.rules) {
    if (rules.has(id)) throw new Error(`Cannot load ${where}: the rule ${id} stands twice`);
    rules.add(id);
    for (const scenario of on) {
      if (!scenarios.has(scenario))
        throw new Error(`Cannot load ${where}: rule ${id} is on the scenario "${scenario}", which does not exist`);
      judged.add(scenario);
    }
  }
  for (const id of scenarios) {
    if (!judged.has(id))
      throw new Error(`Cannot load ${where}: no rule is on the scenario "${id}", so its pod would prove nothing`);
  }
  return table;
}
