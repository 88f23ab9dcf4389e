import { describe, expect, it } from 'vitest';
import { suites } from '../../suites/all.ts';
import { kataCell, cell, fixtures } from '../testing/evidence.ts';
import { questionsOf, scenariosOf } from '../judge/applies.ts';
import { leaseWork } from './lease-work.ts';
import type { Task } from './worker-context.ts';

const facts = [cell, kataCell].map((each) => ({ ...each, fixtures }));
const cells = facts.map((each) => ({ facts: each, handlers: {} }));
const everything = facts.flatMap((each) =>
  scenariosOf(suites, questionsOf(suites), each).map(({ suite, scenario }): Task => ({
    cell: each.id,
    suite,
    scenario: scenario.id,
  })),
);

function work(tasks: Task[]): string[] {
  return leaseWork(suites, { cells, tasks }).map((one) =>
    [one.kind, one.cell.facts.runtime.name, one.suite.id, one.scenario.id].join(' '),
  );
}

describe('the work of a lease', () => {
  it('is pods of all suites, then what looks for leftovers, then readings, and last what changes the host', () => {
    const done = work(everything);
    const turns = done.map((line) => line.split(' ')[0]);
    expect([...new Set(turns)]).toEqual(['pod', 'sweeping', 'reading', 'alone']);
    expect(turns).toEqual(turns.toSorted((a = '', b = '') => turns.indexOf(a) - turns.indexOf(b)));
    expect(done).toEqual(
      expect.arrayContaining([
        'pod kata ownership root',
        'pod runc devices read-only',
        'reading runc docs ownership-as-printed',
        'sweeping runc hygiene removed',
        'alone kata privileged kata-host-devices',
        'alone kata rootless-vmm vfio',
        'pod runc ownership qat-dpdk',
        'alone runc hygiene host-null',
      ]),
    );
  });

  it('has the pods that are to be refused behind those that run', () => {
    const pods = work(everything.filter((task) => task.cell === cell.id)).filter((line) => line.startsWith('pod '));
    const refused = ['ownership group-without-user', 'devices missing', 'devices cdi-unknown'].map(
      (words) => `pod runc ${words}`,
    );
    expect(pods).toEqual(expect.arrayContaining(refused));
    const runs = pods.findLastIndex((line) => /(ownership (root|cdi)|devices read-only|privileged host-devices)$/.test(line));
    for (const line of refused) expect(pods.indexOf(line)).toBeGreaterThan(runs);
  });

  it('has the reload of systemd in cohorts, each scenario in one piece, and nothing else', () => {
    const two = ['1', '2'].map((id) => ({ ...cell, id, fixtures }));
    const tasks = two.flatMap(({ id }) =>
      ['daemon-reload', 'daemon-reload-unlinked', 'read-only'].map((scenario): Task => ({
        cell: id,
        suite: 'devices',
        scenario,
      })),
    );
    tasks.push(...two.map(({ id }): Task => ({ cell: id, suite: 'hygiene', scenario: 'host-null' })));
    const done = leaseWork(suites, { cells: two.map((each) => ({ facts: each, handlers: {} })), tasks });
    expect(done.map(({ scenario, cell: { facts: of } }) => `${scenario.id} ${of.id}`)).toEqual([
      ...['read-only 1', 'read-only 2', 'host-null 1', 'host-null 2'],
      ...['daemon-reload 1', 'daemon-reload 2', 'daemon-reload-unlinked 1', 'daemon-reload-unlinked 2'],
    ]);
    const cohorts = [...new Set(done.map(({ cohort }) => cohort))];
    expect(done.map(({ cohort }) => cohorts.indexOf(cohort))).toEqual([0, 1, 2, 3, 4, 4, 5, 5]);
  });

  it('looks for leftovers beside pods that leave nothing of what it looks for', () => {
    const sweeps: Task = { cell: cell.id, suite: 'hygiene', scenario: 'removed' };
    const beside = (suite: string, scenario: string, id = cell.id): string | undefined =>
      work([sweeps, { cell: id, suite, scenario }]).find((line) => line.endsWith(' removed'));
    expect(beside('ownership', 'root')).toBe('pod runc hygiene removed');
    expect(beside('hygiene', 'host-null')).toBe('pod runc hygiene removed');
    expect(beside('docs', 'ownership-as-printed')).toBe('pod runc hygiene removed');
    expect(beside('ownership', 'user-namespace')).toBe('sweeping runc hygiene removed');
    expect(beside('ownership', 'root', kataCell.id)).toBe('sweeping runc hygiene removed');
  });

  it('is its tasks, and nothing else', () => {
    const tasks = everything.filter(({ scenario }) => scenario === 'root');
    expect(work(tasks)).toEqual(['pod runc ownership root', 'pod kata ownership root']);
    expect(work([])).toEqual([]);
  });

  it('cannot be a task that the suites do not have', () => {
    expect(() => work([{ cell: cell.id, suite: 'ownership', scenario: 'absent' }])).toThrow(
      `Cannot observe ${cell.id} ownership absent`,
    );
  });
});
