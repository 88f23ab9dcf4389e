import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canary } from '../../model/fixtures.ts';
import type { GuestReport } from '../../model/guest-report.ts';
import type { HostReport } from '../../model/host-report.ts';
import { evidence, vmm } from '../../testing/evidence.ts';
import { hostDisks, processes } from './guest.ts';

type Guest = Pick<GuestReport, 'partitions' | 'disks'>;
const disk = (name: string, blocks: number): Guest['partitions'][number] => ({ major: 254, minor: 0, blocks, name });
const hosts = [
  { name: 'vda', blocks: 8_388_608, serial: 'podproof-root' },
  { name: 'vdb', blocks: 16_384, serial: 'podproof-canary' },
  { name: 'dm-1', blocks: 1_000, serial: null },
];

function word(guest: Partial<Guest>, disks: HostReport['disks'] = hosts): string | undefined {
  return hostDisks().read(
    evidence(({ guest: seen, host }) => {
      Object.assign(seen, guest);
      Object.assign(host, { disks });
    }),
  )?.word;
}

/** A disk that was read, on a host whose disks an older record does not have. */
function unswept(): string | undefined {
  return hostDisks().read(evidence(({ guest }) => Object.assign(guest, read([disk('vda', 5)], ''))))?.word;
}

function read(partitions: Guest['partitions'], ...contents: string[]): Partial<Guest> {
  const disks = contents.map((content, index) => ({
    name: partitions[index]?.name ?? '',
    serial: null,
    content,
    error: null,
  }));
  return { partitions, disks };
}

describe('disks of the host in a guest', () => {
  it('are none where the kernel lists none, or memory of its own, whether anybody looked or not', () => {
    expect(word({ partitions: [] })).toBe('none');
    expect(word({ partitions: [disk('ram0', 4096), disk('ram15', 4096), disk('zram0', 1)] })).toBe('none');
  });

  it('are none where disks are the guest’s own, though they have names and numbers of the host’s', () => {
    const partitions = [disk('pmem0', 262_144), disk('pmem0p1', 260_096), disk('vda', 131_072), disk('vdb', 1_000)];
    expect(word(read(partitions, '', '', '', 'ext4'))).toBe('none');
  });

  it('are found by what they hold, by their serial number and by their size', () => {
    expect(word(read([disk('vda', 5)], canary))).toBe('host');
    expect(word(read([disk('sda', 8_388_608)], ''))).toBe('host');
    const serial = { name: 'vdc', serial: 'podproof-canary', content: null, error: 'EPERM' };
    expect(word({ partitions: [disk('vdc', 5)], disks: [serial] })).toBe('host');
  });

  it('are not ruled out by a disk that nobody could read', () => {
    expect(word({ partitions: [disk('vda', 5)] })).toBe('unread');
    expect(unswept()).toBe('unread');
    const denied = { name: 'vda', serial: null, content: null, error: 'EPERM' };
    expect(word({ partitions: [disk('vda', 5)], disks: [denied] })).toBe('unread');
  });

  it('are found wherever the canary is, whatever else is listed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4_000)), fc.nat(10), (sizes, at) => {
        const partitions = sizes.map((blocks, index) => disk(`vd${index}`, blocks + 20_000));
        partitions.splice(at, 0, disk('canary', 20_000));
        const contents = partitions.map(({ name }) => (name === 'canary' ? canary : 'other'));
        expect(word(read(partitions, ...contents))).toBe('host');
      }),
    );
  });
});

describe('processes of a guest', () => {
  const names = (commands: string[] | undefined, processCount = 6): string | undefined =>
    processes().read(
      evidence(({ guest, host }) => {
        Object.assign(guest, { processes: processCount, commands });
        host.processes = [
          { ...vmm, role: 'shim', comm: 'containerd-shim' },
          { ...vmm, role: 'container', comm: 'pause' },
        ];
      }),
    )?.word;

  it('are its own where none is one of the host’s for this sandbox', () => {
    expect([names(undefined), names(['busybox', 'pause'])]).toEqual(['own', 'own']);
  });

  it('are the host’s where its shim is among them, and more than one pod’s where very many are', () => {
    expect([names(['containerd-shim']), names(undefined, 20)]).toEqual(['host', 'more']);
  });
});
