import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGuest } from './parse.ts';
import { parseRows } from './rows.ts';
import { printRows } from '../testing/script-rows.ts';

const status = ['Uid:\t1000\t1000\t1000\t1000', 'Gid:\t2000\t2000\t2000\t2000', 'Groups:\t2000 3000 '].concat(
  ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t0000000000000000`),
  ['NoNewPrivs:\t0', 'Seccomp:\t2'],
);
const least = [
  ['file', '/proc/self/status', ...status],
  ['kernel', '6.12.0'],
  ['processes', '3'],
];
const text = (...rows: string[][]): string => printRows([...least, ...rows]);

describe('parser of the probe', () => {
  it('takes what little a sandboxed kernel shows', () => {
    expect(parseGuest(text(), 'p')).toMatchObject({
      id: 'uid=1000 gid=2000 groups=2000,3000',
      bootId: '',
      cgroup: 'none',
      partitions: [],
      credentials: { groups: [2000, 3000], seccomp: 2 },
    });
  });

  it('takes no line of ambient capabilities for none, as gVisor of early 2026 prints none', () => {
    const older = least.map((row) => row.filter((line) => !line.startsWith('CapAmb')));
    expect(parseGuest(printRows(older), 'p').credentials.capAmb).toBe('0000000000000000');
  });

  it('converts device numbers from hexadecimal and the mode from the raw one', () => {
    const { dev } = parseGuest(text(['dev', '61b0', 'fe', '10', '1234', '4321', '/dev/vdb', '/dev/vdb\n']), 'p');
    expect(dev).toEqual([{ path: '/dev/vdb', type: 'b', major: 254, minor: 16, uid: 1234, gid: 4321, mode: '0660' }]);
  });

  it('reads partitions, PCI functions with and without a driver, and the cgroup version', () => {
    const guest = parseGuest(
      text(
        ['file', '/proc/partitions', 'major minor  #blocks  name', '', ' 254        0  268435456 vda'],
        ['file', '/sys/bus/pci/devices/0000:00:01.0/vendor', '0x1af4'],
        ['file', '/sys/bus/pci/devices/0000:00:01.0/device', '0x1045'],
        ['file', '/sys/bus/pci/devices/0000:00:02.0/vendor', '0x8086'],
        ['file', '/sys/bus/pci/devices/0000:00:02.0/device', '0x10d3'],
        ['driver', '/sys/bus/pci/drivers/virtio-pci/0000:00:01.0'],
        ['file', '/proc/self/mounts', 'cgroup2 /sys/fs/cgroup cgroup2 ro 0 0', '/dev/vda /with\\040blank ext4 rw 0 0'],
      ),
      'p',
    );
    expect(guest.partitions).toEqual([{ major: 254, minor: 0, blocks: 268435456, name: 'vda' }]);
    expect(guest.pci).toEqual([
      { address: '0000:00:01.0', vendor: '0x1af4', device: '0x1045', driver: 'virtio-pci' },
      { address: '0000:00:02.0', vendor: '0x8086', device: '0x10d3', driver: null },
    ]);
    expect(guest.cgroup).toBe('v2');
    expect(guest.mounts[1]?.target).toBe('/with blank');
  });

  it('tells what disks hold, their serial numbers, and that nobody looked', () => {
    const looked = parseGuest(
      text(
        ['disks'],
        ['disk', 'vda', '', 'podproof canary'],
        ['disk', 'vdb', "sh: can't open /dev/x: Operation not permitted", ''],
        ['file', '/sys/class/block/vda/serial', 'podproof-canary'],
      ),
      'p',
    );
    expect(looked.disks).toEqual([
      { name: 'vda', serial: 'podproof-canary', content: 'podproof canary', error: null },
      { name: 'vdb', serial: null, content: null, error: 'EPERM' },
    ]);
    expect(parseGuest(text(), 'p').disks).toBeUndefined();
    expect(parseGuest(text(['disks']), 'p').disks).toEqual([]);
  });

  it.each([
    ['', /Cannot read the probe of pod p: its 0 characters begin with no row: ""$/],
    ['f00df00df00df00d', /its 16 characters begin with no row: "f00df00df00df00d"$/],
    [text().slice(0, -3), /its \d+ characters end in the middle, after 3 rows$/],
    [`${text()}more`, /end in the middle, after 3 rows$/],
    [printRows([]), /credentials\.uids: /],
    [printRows(Array.from({ length: 60_000 }, () => ['dev'])), /it has 60001 rows, more than 50000$/],
    [text(['dev', 'zz', '0', '0', '0', '0', '/dev/x', '']), /dev\[0\]\.type: /],
    [text(['dev', '21b6', '1', '3', 'root', '0', '/dev/x', '']), /dev\[0\]\.uid: /],
    [text(['open', 'sideways', '/dev/x', '']), /opens\[0\]\.access: /],
    [' '.repeat(9_000_000), /it has 9000000 characters, more than 8388608/],
  ])('refuses %.40j in one sentence with the place', (output, message) => {
    expect(() => parseGuest(output, 'p')).toThrow(message);
  });

  it('never throws anything but its own sentence, whatever the output', () => {
    const rows = fc.array(
      fc.array(fc.oneof(fc.constantFrom('dev', 'file', 'open', '/proc/self/status', 'pci'), fc.string()), { maxLength: 9 }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), rows.map(printRows)), (output) => {
        try {
          parseGuest(output, 'p');
        } catch (error) {
          expect(String(error)).toMatch(/^Error: Cannot read the probe of pod p: /);
        }
      }),
    );
  });

  it('gives bytes beyond ASCII back as the text that they are', () => {
    expect(parseRows(printRows([['k', 'naïve 名']]), 'x')).toEqual([{ kind: 'k', fields: ['naïve 名'] }]);
  });
});
