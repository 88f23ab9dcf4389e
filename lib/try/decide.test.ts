import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../model/credentials.ts';
import type { DeviceNode } from '../model/device-node.ts';
import { OciSpec } from '../model/oci-spec.ts';
import { plainUser as user } from '../testing/pods.ts';
import { decide, modeAllows, obstacles, type Scene } from './decide.ts';

const path = '/dev/dri/renderD128';
const render: DeviceNode = { path, type: 'c', major: 10, minor: 229, uid: 0, gid: 105, mode: '0660' };
const root: Credentials = { ...user, uids: [0, 0, 0, 0], gids: [0, 0, 0, 0], groups: [0], capEff: '00000000a80425fb' };

const listed = (...devices: object[]): OciSpec => OciSpec.parse({ linux: { resources: { devices } } });
const denied = { allow: false, access: 'rwm' };
const given = listed(denied, { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' });

function scene(
  change: { node?: DeviceNode | null; who?: Credentials; spec?: OciSpec; mounts?: Scene['guest']['mounts'] } = {},
): Scene {
  const { node = render, who = user, spec = given, mounts = [] } = change;
  return {
    guest: {
      dev: node === null ? [] : [node],
      credentials: who,
      mounts: [{ target: '/', fstype: 'overlay', options: 'rw' }, ...mounts],
    },
    spec,
  };
}

describe('who decides over an open that fails', () => {
  test('with EACCES is the file mode, where owner and mode keep the process out', () => {
    const { decider, says } = decide(path, 'read', 'EACCES', scene());
    expect(decider).toBe('file mode');
    expect(says).toBe('read fails with EACCES: it is 0:105 0660, and the process has uid 1000 and the groups 1000');
  });

  test('with EACCES is the mount, where what is mounted there is nodev, whatever the mode', () => {
    const mounts = [{ target: path, fstype: 'devtmpfs', options: 'rw,nosuid,nodev' }];
    expect(decide(path, 'read', 'EACCES', scene({ mounts })).decider).toBe('mount option');
    const above = [
      { target: '/dev/dri', fstype: 'tmpfs', options: 'rw,nodev' },
      { target: path, fstype: 'devtmpfs', options: 'rw' },
    ];
    expect(decide(path, 'read', 'EACCES', scene({ mounts: above })).decider).toBe('file mode');
  });

  test('with EACCES is neither, where the mode lets the process in', () => {
    const node = { ...render, mode: '0666' };
    expect(decide(path, 'read', 'EACCES', scene({ node })).decider).toBe('security module');
    const spec = OciSpec.parse({ linux: { uidMappings: [{ containerID: 0, hostID: 65536, size: 65536 }] } });
    expect(decide(path, 'read', 'EACCES', scene({ node, spec })).decider).toBe('user namespace');
  });

  test('with EPERM is the device cgroup, where the node is not on the list', () => {
    expect(decide(path, 'read', 'EPERM', scene({ who: root, spec: listed(denied) })).decider).toBe('device cgroup');
    expect(decide(path, 'read', 'EPERM', scene({ who: root })).decider).toBe('security module');
  });

  test.each([
    ['ENOENT', 'no node'],
    ['EBUSY', 'driver'],
    ['ENXIO', 'driver'],
    ['ENODEV', 'driver'],
  ])('with %s is: %s', (errno, decider) => {
    expect(decide(path, 'read', errno, scene()).decider).toBe(decider);
  });
});

describe('what is in the way', () => {
  test('is named in the order of the kernel, also where the first of it hides the rest', () => {
    expect(obstacles(path, scene({ spec: listed(denied) }))).toEqual(['file mode', 'device cgroup']);
  });

  test('is nothing for a process that the node lets in and that was given it', () => {
    expect(obstacles(path, scene({ who: { ...user, groups: [105] } }))).toEqual([]);
    expect(obstacles(path, scene({ who: root }))).toEqual([]);
  });

  test('is the node itself where there is none', () => {
    expect(obstacles(path, scene({ node: null }))).toEqual(['no node']);
  });

  test('is a mode that lets the group only read', () => {
    expect(obstacles(path, scene({ node: { ...render, mode: '0640' }, who: { ...user, groups: [105] } }))).toEqual(['file mode']);
  });

  test('is no list where all devices are allowed, or nobody tells the list', () => {
    expect(obstacles(path, scene({ who: root, spec: listed({ allow: true, access: 'rwm' }) }))).toEqual([]);
    expect(obstacles(path, { ...scene({ who: root }), spec: undefined })).toEqual([]);
  });

  test('is not the list for what runtimes give every container', () => {
    const node = { ...render, path: '/dev/null', major: 1, minor: 3, mode: '0666' };
    expect(obstacles('/dev/null', scene({ node, spec: listed(denied) }))).toEqual([]);
    const tun = { ...render, path: '/dev/net/tun', minor: 200, mode: '0600' };
    expect(obstacles('/dev/net/tun', scene({ node: tun, spec: listed(denied) }))).toEqual(['file mode']);
  });
});

describe('a mode', () => {
  const modes = fc.nat(0o777).map((mode) => mode.toString(8).padStart(4, '0'));

  test('asks the owner first, then the group, then the rest, and each alone', () => {
    fc.assert(
      fc.property(modes, fc.constantFrom('owner', 'group', 'other'), fc.constantFrom('read', 'write'), (mode, who, access) => {
        const node = { uid: who === 'owner' ? 1000 : 0, gid: who === 'other' ? 7 : 1000, mode };
        const digit = Number(mode[who === 'owner' ? 1 : who === 'group' ? 2 : 3]);
        expect(modeAllows(node, access, user)).toBe((digit & (access === 'read' ? 4 : 2)) !== 0);
      }),
    );
  });

  test('keeps out nobody who holds DAC_OVERRIDE, but of an owner that is not mapped', () => {
    fc.assert(
      fc.property(modes, (mode) => {
        expect(modeAllows({ uid: 5, gid: 6, mode }, 'write', root)).toBe(true);
      }),
    );
    expect(modeAllows({ uid: 65534, gid: 65534, mode: '0660' }, 'read', root)).toBe(false);
  });
});
