import { describe, expect, it } from 'vitest';
import type { Rule } from './rule.ts';
import type { Scenario } from './scenario.ts';
import { suite } from './suite.ts';

const scenario = (id: string): Scenario => ({ id, title: 'pod', pod: {} });
const rule = (id: string, ...on: string[]): Rule => ({ id, title: 'It holds', citation: 'c', on, expect: () => [] });
const table = (scenarios: Scenario[], rules: Rule[]) => () => suite({ id: 'slips', title: 'Slips', scenarios, rules });

describe('suite', () => {
  it('is the table it was given', () => {
    expect(table([scenario('plain')], [rule('A', 'plain')])()).toMatchObject({ id: 'slips', rules: [{ id: 'A' }] });
  });

  it.for<[string, Scenario[], Rule[], string]>([
    [
      'a scenario that stands twice',
      [scenario('plain'), scenario('plain')],
      [rule('A', 'plain')],
      'Cannot load suites/slips.suite.ts: the scenario "plain" stands twice',
    ],
    [
      'a rule that stands twice',
      [scenario('plain')],
      [rule('A', 'plain'), rule('A', 'plain')],
      'Cannot load suites/slips.suite.ts: the rule A stands twice',
    ],
    [
      'a rule on a scenario that does not exist',
      [scenario('plain')],
      [rule('A', 'plian')],
      'Cannot load suites/slips.suite.ts: rule A is on the scenario "plian", which does not exist',
    ],
    [
      'a scenario that no rule judges',
      [scenario('plain'), scenario('idle')],
      [rule('A', 'plain')],
      'Cannot load suites/slips.suite.ts: no rule is on the scenario "idle", so its pod would prove nothing',
    ],
  ])('is refused with %s', ([, scenarios, rules, message]) => {
    expect(table(scenarios, rules)).toThrow(message);
  });
});
