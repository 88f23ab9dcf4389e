import { describe, expect, it } from 'vitest';
import { fixtures, observation } from '../testing/evidence.ts';
import { fakeHostFacts } from '../testing/fake-host/facts.ts';
import { scenarioKey } from '../model/observation.ts';
import { defaultOptions } from '../suite/scenario.ts';
import { cell, openIn } from '../testing/stage.ts';
import type { Outcome } from '../model/outcome.ts';
import { isEngineSpoiled, settledScenarios } from './open-work.ts';

const setting = { host: { facts: fakeHostFacts }, fixtures };
const key = (scenario: string): string => scenarioKey({ cell: cell.id, suite: 's', scenario });

describe('scenarios that still need a pod', () => {
  it('are those that some question judges here', () => {
    const open = openIn();
    expect(open.scenarios(cell).map(({ scenario }) => scenario.id)).toEqual(['plain', 'pages']);
  });

  it('are fewer once the host is known', () => {
    const poor = { ...setting, fixtures: { ...fixtures, hugepages: null } };
    const open = openIn().scenarios(cell, poor);
    expect(open.map(({ scenario }) => scenario.id)).toEqual(['plain']);
  });

  it('leave out what was observed, and what was not selected', () => {
    const open = openIn();
    open.settle([key('plain')]);
    expect(open.scenarios(cell).map((each) => each.key)).toEqual([key('pages')]);
    const narrow = openIn((_, scenario) => scenario === 'plain');
    expect(narrow.scenarios(cell).map(({ scenario }) => scenario.id)).toEqual(['plain']);
  });

  it('leave out what was under way twice when the host was lost', () => {
    const open = openIn();
    expect(open.lose(key('plain'))).toBe(false);
    expect(open.scenarios(cell).map(({ scenario }) => scenario.id)).toEqual(['plain', 'pages']);
    expect(open.lose(key('plain'))).toBe(true);
    expect(open.scenarios(cell).map(({ scenario }) => scenario.id)).toEqual(['pages']);
  });
});

describe('the tasks of a lease', () => {
  it('are the open scenarios of its options', () => {
    const open = openIn();
    const tasks = (options: typeof defaultOptions): string[] => open.tasks(cell, setting, options).map((task) => task.scenario);
    expect(tasks(defaultOptions)).toEqual(['plain', 'pages']);
    expect(tasks({ ...defaultOptions, cdi: false })).toEqual([]);
    expect(open.switches([cell], setting)).toEqual([defaultOptions]);
    open.settle([key('pages')]);
    expect(open.tasks(cell, setting, defaultOptions)).toEqual([{ cell: cell.id, suite: 's', scenario: 'plain' }]);
  });
});

it.for<[string, Outcome, inRun: boolean, inResume: boolean]>([
  ['ran', { kind: 'ran' }, true, true],
  ['was refused', { kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message: 'no' }, true, true],
  ['lost its guest', { kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message: 'ttrpc: closed' }, true, false],
  ['had no engine any more', { kind: 'error', message: 'the engine is gone', stack: '' }, false, false],
])('a pod that %s: %j', async ([, outcome, inRun, inResume]) => {
  const folder = { latest: () => Promise.resolve(new Map([['key', { ...observation, outcome }]])) };
  expect((await settledScenarios(folder, [cell], isEngineSpoiled)).length > 0, 'needs no other engine').toBe(inRun);
  expect((await settledScenarios(folder, [cell])).length > 0, 'needs no pod in a resumed run').toBe(inResume);
});
