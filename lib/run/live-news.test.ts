import { describe, expect, it } from 'vitest';
import { suites } from '../../suites/all.ts';
import { knownIssues } from '../../suites/known-issues.ts';
import { questionsOf } from '../judge/applies.ts';
import { componentKey, type Component } from '../model/cell.ts';
import type { JournalEvent } from '../model/journal.ts';
import type { Outcome } from '../model/outcome.ts';
import { evidence, fixtures, lease, planned } from '../testing/evidence.ts';
import { fakeHostFacts } from '../testing/fake-host/facts.ts';
import { cell } from '../testing/stage.ts';
import { liveNews } from './live-news.ts';

const setting = { host: { facts: fakeHostFacts }, fixtures };
const artifact = (component: Component, sha256: string): JournalEvent => {
  const { name, version } = component;
  return { event: 'artifact', key: componentKey(component), name, version, source: 'path', sha256, binaries: { [name]: sha256 } };
};
const events = [artifact(cell.engine, planned.engineSha256), artifact(cell.runtime, planned.runtimeSha256)];
const catalog = { questions: questionsOf(suites), known: knownIssues };
const news = liveNews(catalog, setting, { cells: [cell], lease, events });

function told(scenario: string, outcome: Outcome): string[] {
  const { observation } = evidence((copy) => Object.assign(copy, { suite: 'ownership', scenario, outcome }));
  return news(observation);
}

describe('the news of a run that goes on', () => {
  it('are the questions whose answer is not as expected, with both', () => {
    const lines = told('group-without-user', { kind: 'ran' });
    expect(lines).toEqual([
      `not as expected: ${cell.id} group-without-user OWN-GROUP-NEEDS-USER: fail: expected it is refused, as a group needs a user; observed it starts: the pod ran`,
    ]);
  });

  it('are none where the documented answer is seen', () => {
    const message = 'user group "2000" is specified without user';
    expect(told('group-without-user', { kind: 'refused', call: 'CreateContainer', code: 'UNKNOWN', message })).toEqual([]);
  });

  it('say that another thing was tested than planned', () => {
    const other = liveNews(catalog, setting, { cells: [cell], lease, events: [] });
    expect(other(evidence().observation)[0]).toMatch(/^not as expected: .* OWN-ON: void: /);
  });

  it('are none of a cell that this lease does not have', () => {
    expect(news({ ...evidence().observation, cell: 'another' })).toEqual([]);
  });
});
