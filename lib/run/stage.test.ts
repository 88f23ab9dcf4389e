import { describe, expect, it } from 'vitest';
import { temporary } from '../artifact/testing.ts';
import { fixtures } from '../judge/evidence.sample.ts';
import type { Plan, PlannedCell } from '../plan/cell.ts';
import { pauseImage } from '../probe/image/images.ts';
import { RunFolder } from '../record/run-folder.ts';
import { engine, hugepages, runtime } from '../suite/requirement.ts';
import { suite } from '../suite/suite.ts';
import { BlockedError } from '../util/errors.ts';
import type { HostSetting } from './engine-lease.ts';
import { progressOn } from './progress.ts';
import { scenarioKey } from '../record/observation.ts';
import { block, openScenarios, type Stage } from './stage.ts';
import { Timeline } from './timeline.ts';

const cell: PlannedCell = {
  id: 'debian-13/containerd-1.7.24/runc-1.1.15',
  host: { id: 'debian-13', spec: { kind: 'container', suite: 'trixie' } },
  engine: { name: 'containerd', version: '1.7.24', source: { kind: 'path' } },
  runtime: { name: 'runc', version: '1.1.15', source: { kind: 'path' } },
};
const plan: Plan = { schema: 1, hash: 'h', profile: 'quick', only: '', suites: ['s'], cells: [cell], excluded: [] };
const rule = { title: 'It holds', citation: 'c', expect: () => [] };
const table = suite({
  id: 's',
  title: 'Suite',
  scenarios: [
    { id: 'plain', title: 'pod', pod: {} },
    { id: 'guest', title: 'pod', pod: {}, needs: [runtime('kata')] },
    { id: 'pages', title: 'pod', pod: {}, needs: [hugepages] },
    { id: 'crio', title: 'pod', pod: {} },
  ],
  rules: [
    { ...rule, id: 'A', on: ['plain', 'guest', 'pages'] },
    { ...rule, id: 'B', on: ['crio'], needs: [engine('crio')] },
    { ...rule, id: 'C', on: ['plain'], needs: [engine('crio')] },
  ],
});

async function stageIn(results: string, change: Partial<Stage> = {}): Promise<{ stage: Stage; written: string[] }> {
  const written: string[] = [];
  const folder = await RunFolder.create(results, plan);
  const image = await pauseImage();
  const stage: Stage = {
    plan,
    folder,
    rulebook: { suites: [table], known: [], selects: () => true },
    version: '0.1.0',
    progress: progressOn({ write: (text) => written.push(text) }),
    signal: new AbortController().signal,
    timeline: new Timeline(Date.now(), (event) => folder.append(event)),
    suites: [table],
    images: { pause: image, root: image, user777: image },
    had: new Map(),
    count: { done: 0, total: 0 },
    done: new Set(),
    lost: new Set(),
    ...change,
  };
  return { stage, written };
}

describe('scenarios that still need a pod', () => {
  it('are those that some rule judges here', async () => {
    await using results = await temporary();
    const { stage } = await stageIn(results.path);
    expect(openScenarios(stage, cell).map(({ scenario }) => scenario.id)).toEqual(['plain', 'pages']);
  });

  it('are fewer once the host is known', async () => {
    await using results = await temporary();
    const { stage } = await stageIn(results.path);
    const setting = { host: { facts: undefined }, fixtures: { ...fixtures, hugepages: null } } as unknown as HostSetting;
    expect(openScenarios(stage, cell, setting).map(({ scenario }) => scenario.id)).toEqual(['plain']);
  });

  it('leave out what was observed, and what was not selected', async () => {
    await using results = await temporary();
    const { stage } = await stageIn(results.path);
    stage.done.add(scenarioKey({ cell: cell.id, suite: 's', scenario: 'plain' }));
    expect(openScenarios(stage, cell).map(({ key }) => key)).toEqual([`${cell.id} s pages`]);
    const selects = (_: string, scenario: string) => scenario === 'plain';
    const narrow = await stageIn(results.path, { rulebook: { ...stage.rulebook, selects } });
    expect(openScenarios(narrow.stage, cell).map(({ scenario }) => scenario.id)).toEqual(['plain']);
  });
});

describe('a cell that could not be tried', () => {
  it('is recorded and told with the reason and what to do', async () => {
    await using results = await temporary();
    const { stage, written } = await stageIn(results.path);
    block(stage, [cell], new BlockedError('There is no KVM', { remedy: 'load kvm_amd' }));
    block(stage, [cell], new Error('QEMU ended'));
    expect(await stage.folder.events()).toEqual([
      { event: 'blocked', cells: [cell.id], reason: 'There is no KVM; load kvm_amd' },
      { event: 'blocked', cells: [cell.id], reason: 'QEMU ended' },
    ]);
    expect(written[0]).toContain(`blocked ${cell.id}: There is no KVM; load kvm_amd`);
  });
});
