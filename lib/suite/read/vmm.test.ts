import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../model/host-report.ts';
import { evidence, vmm } from '../../testing/evidence.ts';
import { accounts, vmmCapabilities } from './vmm.ts';

const account = (uid: number): HostReport['users'][number] => ({ name: `kata-${uid}`, uid, gid: uid, comment: '' });
const of = (uid: number, more: Partial<typeof vmm> = {}): typeof vmm => ({
  ...vmm,
  uids: [uid, uid, uid, uid],
  gids: [uid, uid, uid, uid],
  ...more,
});

function word(change: Partial<HostReport>): string | undefined {
  return accounts().read(evidence(({ host }) => Object.assign(host, change)))?.word;
}

describe('accounts of two pods at once', () => {
  it('are two where each VMM has one of its own', () => {
    expect(word({ users: [account(1000), account(1001)], processes: [of(1000)], twin: [of(1001)] })).toBe('2');
  });

  it('are one where both VMMs have the same, however many there are', () => {
    expect(word({ users: [account(1000), account(1001)], processes: [of(1000)], twin: [of(1000)] })).toBe('1');
  });

  it('are neither where the second VMM is root’s, is half so, or was not seen', () => {
    const users = [account(1000), account(1001)];
    expect(word({ users, processes: [of(1000)], twin: [of(0)] })).toBe('other');
    expect(word({ users, processes: [of(1000)], twin: [of(1001, { gids: [0, 1001, 1001, 1001] })] })).toBe('other');
    expect(word({ users, processes: [of(1000)], twin: [] })).toBe('other');
  });

  it('are counted alone in a record that has no second VMM', () => {
    expect(word({ users: [account(1000), account(1001)], processes: [of(1000)] })).toBe('2');
    expect(word({ users: [account(1000)], processes: [of(1000)] })).toBe('1');
  });
});

describe('capabilities of a VMM', () => {
  const none = '0'.repeat(16);
  const held = (set: Partial<typeof vmm>): string | undefined =>
    vmmCapabilities().read(
      evidence(({ host }) => {
        host.processes = [of(1000, { capEff: none, capPrm: none, capInh: none, capAmb: none, ...set })];
      }),
    )?.word;

  it.each(['capEff', 'capPrm', 'capInh', 'capAmb'] as const)('are some where %s alone holds one', (set) => {
    expect(held({})).toBe('none');
    expect(held({ [set]: '0000000000000400' })).toBe('some');
  });
});
