import { describe, expect, test } from 'vitest';
import { parseDescription } from '../try/device-spec.ts';
import { descriptionText } from './describe-devices.ts';
import { describeDevices, parseDescribed } from '../hosts/shared/describe.ts';
import { connectRemote } from '../hosts/shared/remote.ts';

const line = '/dev/dri/renderD128\tc\t0\t105\t660\troot\trender\t7\n/dev/vda\tb\t0\t6\t660\troot\tdisk\t\n';

describe('a description of the devices of a machine', () => {
  test('has each node with its numbers, and the names that they have there', () => {
    expect(parseDescribed(line)).toEqual([
      { path: '/dev/dri/renderD128', type: 'c', uid: 0, gid: 105, mode: '0660', user: 'root', group: 'render', iommuGroup: '7' },
      { path: '/dev/vda', type: 'b', uid: 0, gid: 6, mode: '0660', user: 'root', group: 'disk', iommuGroup: null },
    ]);
  });

  test('is what try reads', () => {
    expect(parseDescription(descriptionText(parseDescribed(line)), 'node.txt').nodes).toEqual([
      { path: '/dev/dri/renderD128', type: 'c', uid: 0, gid: 105, mode: '0660' },
      { path: '/dev/vda', type: 'b', uid: 0, gid: 6, mode: '0660' },
    ]);
  });

  test('of this machine has its /dev/null where that is asked for, and leaves it out where nothing is', async () => {
    const here = connectRemote({ prefix: [], quoting: 'none' });
    expect(await describeDevices(here, ['/dev/null'])).toMatchObject([{ path: '/dev/null', type: 'c', mode: '0666' }]);
    expect((await describeDevices(here, [])).map(({ path }) => path)).not.toContain('/dev/null');
  });

  test('is refused where a line is none', () => {
    expect(() => parseDescribed('/dev/x\tp\t0\t0\t600\troot\troot\t')).toThrow('Cannot read the description of a device');
  });
});
