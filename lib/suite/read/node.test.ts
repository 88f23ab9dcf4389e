import { expect, it } from 'vitest';
import { evidence, fixtures, kataCell } from '../../testing/evidence.ts';
import { deviceOf } from './node.ts';

interface Guest {
  /** Numbers of the node in the container; those of the host's disk are 254:16. */
  node: readonly [major: number, minor: number];
  /** What the guest's kernel lists: name, numbers, KiB. */
  disks: ReadonlyArray<readonly [name: string, major: number, minor: number, blocks: number]>;
  /** KiB of the host's disk, where somebody looked. */
  host?: number;
}

function seen({ node: [major, minor], disks, host }: Guest) {
  const changed = evidence((observation) => {
    observation.guest.dev = observation.guest.dev.map((node) => ({ ...node, major, minor }));
    observation.guest.partitions = disks.map(([name, ...numbers]) => {
      const [ofDriver, ofDisk, blocks] = numbers;
      return { name, major: ofDriver, minor: ofDisk, blocks };
    });
    if (host !== undefined) observation.host.disks = [{ name: 'vdb', blocks: host, serial: 'podproof-canary' }];
  });
  return deviceOf({ fixture: 'block' }).read({ ...changed, cell: { ...kataCell, fixtures } });
}

it.for<[string, Guest, string]>([
  ['a disk that was plugged in', { node: [8, 0], disks: [['sda', 8, 0, 16384]], host: 16384 }, 'guest'],
  ['one of the numbers of the host’s, and as large', { node: [254, 16], disks: [['vdb', 254, 16, 16384]], host: 16384 }, 'guest'],
  ['one that nobody measured, with other numbers', { node: [8, 0], disks: [['sda', 8, 0, 16384]] }, 'guest'],
  [
    'the root of a container that has the numbers of the host’s disk',
    { node: [254, 16], disks: [['vdb', 254, 16, 262144]], host: 16384 },
    'another disk of the guest',
  ],
  [
    'a disk of the guest that has other numbers and another size',
    { node: [254, 32], disks: [['vdc', 254, 32, 262144]], host: 16384 },
    'another disk of the guest',
  ],
  [
    'one of the numbers of the host’s that nobody measured',
    { node: [254, 16], disks: [['vdb', 254, 16, 16384]] },
    'another disk of the guest',
  ],
  ['a node that no disk of the guest is behind', { node: [254, 16], disks: [['vda', 254, 0, 132096]] }, 'host'],
  ['a node of numbers that nobody has', { node: [7, 0], disks: [] }, 'b 7:0'],
])('%s is distinguished', ([, guest, word]) => {
  expect(seen(guest)?.word).toBe(word);
});
