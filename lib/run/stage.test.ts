import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { BlockedError } from '../util/errors.ts';
import { cell, stageIn } from '../testing/stage.ts';

describe('a cell that could not be tried', () => {
  it('is recorded and reported with the reason and what to do', async () => {
    await using results = await temporary();
    const { stage, written } = await stageIn(results.path);
    stage.block([cell], new BlockedError('There is no KVM', { remedy: 'load kvm_amd' }));
    stage.block([cell], new Error('QEMU ended'));
    expect(await stage.folder.events()).toEqual([
      { event: 'blocked', cells: [cell.id], reason: 'There is no KVM; load kvm_amd', remedy: 'load kvm_amd' },
      { event: 'blocked', cells: [cell.id], reason: 'QEMU ended' },
    ]);
    expect(written[0]).toContain(`blocked ${cell.id}: There is no KVM; load kvm_amd`);
    stage.block([cell], new Error('QEMU ended'));
    expect(written[2]).toContain(`blocked ${cell.id}: for the same reason`);
  });
});
