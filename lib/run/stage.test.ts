import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { fixtures } from '../testing/evidence.ts';
import { scenarioKey } from '../model/observation.ts';
import { defaultOptions } from '../suite/scenario.ts';
import { BlockedError } from '../util/errors.ts';
import type { HostSetting } from './engine-lease.ts';
import { block, openScenarios, openTasks } from './stage.ts';
import { cell, stageIn } from '../testing/stage.ts';

describe('scenarios that still need a pod', () => {
  it('are those that some question judges here', async () => {
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
    const narrow = await stageIn(results.path, { catalog: { ...stage.catalog, selects } });
    expect(openScenarios(narrow.stage, cell).map(({ scenario }) => scenario.id)).toEqual(['plain']);
  });
});

describe('the tasks of a lease', () => {
  it('are the open scenarios of its options', async () => {
    await using results = await temporary();
    const { stage } = await stageIn(results.path);
    const setting = { host: { facts: undefined }, fixtures } as unknown as HostSetting;
    const tasks = (options: typeof defaultOptions): string[] =>
      openTasks(stage, cell, setting, options).map((task) => task.scenario);
    expect(tasks(defaultOptions)).toEqual(['plain', 'pages']);
    expect(tasks({ ...defaultOptions, cdi: false })).toEqual([]);
    stage.done.add(scenarioKey({ cell: cell.id, suite: 's', scenario: 'pages' }));
    expect(openTasks(stage, cell, setting, defaultOptions)).toEqual([{ cell: cell.id, suite: 's', scenario: 'plain' }]);
  });
});

describe('a cell that could not be tried', () => {
  it('is recorded and told with the reason and what to do', async () => {
    await using results = await temporary();
    const { stage, written } = await stageIn(results.path);
    block(stage, [cell], new BlockedError('There is no KVM', { remedy: 'load kvm_amd' }));
    block(stage, [cell], new Error('QEMU ended'));
    expect(await stage.folder.events()).toEqual([
      { event: 'blocked', cells: [cell.id], reason: 'There is no KVM; load kvm_amd', remedy: 'load kvm_amd' },
      { event: 'blocked', cells: [cell.id], reason: 'QEMU ended' },
    ]);
    expect(written[0]).toContain(`blocked ${cell.id}: There is no KVM; load kvm_amd`);
    block(stage, [cell], new Error('QEMU ended'));
    expect(written[2]).toContain(`blocked ${cell.id}: for the same reason`);
  });
});
