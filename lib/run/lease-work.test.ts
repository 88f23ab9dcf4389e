import { describe, expect, it } from 'vitest';
import { suites } from '../../suites/all.ts';
import { kataCell, cell, fixtures, planned } from '../testing/evidence.ts';
import { questionsOf } from '../judge/applies.ts';
import { leaseWork } from './lease-work.ts';
import type { WorkerCell, WorkerContext } from './worker-context.ts';
import { workerContext } from '../testing/worker.ts';

const everything = questionsOf(suites).map(({ suite, scenario, question }) => `${suite}/${scenario.id}/${question.id}`);
const cells = [cell, kataCell].map((facts): WorkerCell => ({ facts: { ...facts, fixtures }, planned, handlers: {} }));

function work(change: Partial<WorkerContext> = {}): string[] {
  const context = workerContext({ socket: '', runFolder: '', cells, selected: everything, ...change });
  return leaseWork(suites, context).map(
    ({ turn, cell: { facts }, suite, scenario }) => `${turn} ${facts.runtime.name} ${suite.id} ${scenario.id}`,
  );
}

describe('the work of a lease', () => {
  it('is pods of all suites, then readings, then what looks for leftovers, and last what changes the host', () => {
    const done = work();
    const turns = done.map((line) => line.split(' ')[0]);
    expect([...new Set(turns)]).toEqual(['pod', 'reading', 'sweeping', 'alone']);
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
      ]),
    );
  });

  it('is neither what was observed, nor what wants other options, nor what nobody judges here', () => {
    const left = work({ done: [`${cell.id} hygiene removed`] });
    expect(left).toContain('sweeping kata hygiene removed');
    expect(left).not.toContain('sweeping runc hygiene removed');
    expect(left.filter((line) => line.endsWith('ownership flag-off'))).toEqual([]);
    expect(left.filter((line) => line.startsWith('alone runc'))).toEqual(['alone runc hygiene host-null']);
    expect(work({ selected: [] })).toEqual([]);
  });
});
