import { describe, expect, test } from 'vitest';
import { canary } from '../model/fixtures.ts';
import { evidence } from '../testing/evidence.ts';
import { plainUser } from '../testing/pods.ts';
import type { PlacedDevice } from './devices.ts';
import { attemptsFor, disksOf, sightOf } from './sight.ts';

const path = '/dev/dri/renderD128';
const node = { path, type: 'c', major: 10, minor: 229, uid: 0, gid: 105, mode: '0660' } as const;
const device: PlacedDevice = {
  container: 'media',
  origin: { kind: 'resource', name: 'gpu/i915' },
  source: { kind: 'node', node },
  path,
  assumed: false,
  cdi: 'device-0',
  nodes: [{ hostPath: '/dev/podproof/try/0/renderD128', path }],
  opened: [{ hostPath: '/dev/podproof/try/0/opened-renderD128', path }],
};
const disks = [{ path: '/dev/vda', major: 254, minor: 0 }];

/** What a container with the render node saw. */
function seen(errno: string | null, change: { mode?: string; uid?: number; opened?: string[] } = {}): ReturnType<typeof sightOf> {
  const { mode = '0660', uid = 0, opened = [] } = change;
  const all = evidence(({ guest, host }) => {
    guest.credentials = plainUser;
    guest.dev = [{ ...node, uid, mode }];
    guest.mounts = [];
    guest.opens = [
      { path, access: 'read', error: errno },
      { path, access: 'write', error: errno },
      ...opened.map((disk) => ({ path: disk, access: 'read' as const, error: null })),
    ];
    host.dev = [{ ...node, path: '/dev/podproof/try/0/renderD128' }];
  });
  const { guest } = all.observation;
  return sightOf('media', [device], disks, { ...all, guest, opened: false, added: [] });
}

describe('what a container found', () => {
  test('is a node with its owner and mode on the host and inside, and who refuses it', () => {
    const { sight, found } = seen('EACCES');
    expect(sight.devices).toMatchObject([
      {
        path,
        host: { owner: '0:105', mode: '0660' },
        guest: { owner: '0:105', mode: '0660' },
        read: 'EACCES',
        decider: 'file mode',
      },
    ]);
    expect(found.devices).toMatchObject([{ usable: false, device: { path, origin: device.origin }, node: { gid: 105 } }]);
    expect(found.devices[0]?.obstacles).toContain('file mode');
  });

  test('opens, and says where it is wider than on the host', () => {
    const { sight, found } = seen(null, { mode: '0666' });
    expect(sight.devices[0]).toMatchObject({ read: null, write: null, says: 'it opens: 0:105 0666, and 0660 on the node' });
    expect(sight.devices[0]?.decider).toBeUndefined();
    expect(found.devices[0]?.usable).toBe(true);
  });

  test('is nothing good where an open was never tried', () => {
    const all = evidence(({ guest }) => (guest.opens = []));
    const { sight, found } = sightOf('media', [device], disks, {
      ...all,
      guest: all.observation.guest,
      opened: false,
      added: [],
    });
    expect(sight.devices[0]?.read).toBe('not tried');
    expect(found.devices[0]?.usable).toBe(false);
  });

  test('has not what is added for a process that is not root', () => {
    const all = evidence(({ guest }) => (guest.credentials = plainUser));
    const context = { ...all, guest: all.observation.guest, opened: false, added: ['CAP_SYS_ADMIN'] };
    const { sight, found } = sightOf('media', [], disks, context);
    expect(sight.notHeld).toEqual(['SYS_ADMIN']);
    expect(found.notHeld).toEqual(['SYS_ADMIN']);
  });

  test('has the disks of the host that opened, and the nodes that it shows', () => {
    expect(seen(null).sight.reach).toMatchObject({ nodes: 1, disks: [], capabilities: [], bounding: 0 });
    expect(seen(null, { opened: ['/dev/vda'] }).sight.reach.disks).toEqual(['/dev/vda']);
  });

  test('has a disk of the host in a guest only where what is written on it is seen', () => {
    const all = evidence(({ guest }) => {
      guest.opens = [{ path: '/dev/vda', access: 'read', error: null }];
      guest.canaries = [{ path: '/dev/vdb', content: canary, error: null }];
    });
    const cell = { ...all.cell, runtime: { name: 'kata', version: '4.1.0', shim: 'go', vmm: 'qemu' } } as const;
    const both = [...disks, { path: '/dev/vdb', major: 254, minor: 16 }];
    const { sight } = sightOf('media', [], both, { ...all, cell, guest: all.observation.guest, opened: false, added: [] });
    expect(sight.reach.disks).toEqual(['/dev/vdb']);
  });
});

test('the probe tries each device both ways, each disk, and a node of its own of a disk', () => {
  expect(attemptsFor([device], disks)).toEqual([
    `open:r:${path}`,
    `open:w:${path}`,
    'open:r:/dev/vda',
    'canary:/dev/vda',
    'mknod:/tmp/podproof-disk:b:254:0',
  ]);
  expect(attemptsFor([], [])).toEqual([]);
});

test('disks of a host are its whole ones and their partitions, each once, and no loop device', () => {
  const of = (name: string, minor: number) =>
    ({ path: `/dev/${name}`, type: 'b', major: 254, minor, uid: 0, gid: 6, mode: '0660' }) as const;
  const dev = [of('vda', 0), of('vda1', 1), of('loop0', 2), of('disk/by-id/x', 0), of('podproof/try/0/opened', 0), node];
  expect(disksOf(dev).map((disk) => disk.path)).toEqual(['/dev/vda', '/dev/vda1']);
});
