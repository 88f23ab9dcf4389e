import { describe, expect, it } from 'vitest';
import type { HostReport } from '../model/host-report.ts';
import { leftovers } from './leftovers.ts';

const node = { type: 'c' as const, uid: 0, gid: 0, mode: '0600' };
const host: HostReport = {
  kernel: '6.12',
  bootId: 'b',
  dev: [{ ...node, path: '/dev/null' }],
  processes: [],
  users: [],
  runUser: [],
  mounts: [],
  netns: ['/run/netns/old'],
  loops: [],
};

describe('leftovers', () => {
  it('are none when the host is as before', () => {
    expect(leftovers(host, structuredClone(host))).toEqual({ runtime: [], ours: [] });
  });

  it('of the runtime are distinguished from ours by our name', () => {
    const after: HostReport = {
      ...host,
      dev: [...host.dev, { ...node, path: '/dev/vfio/5' }, { ...node, path: '/dev/podproof-char' }],
      users: [{ name: 'kata-7', uid: 1000, gid: 1000, comment: '' }],
      runUser: [{ ...node, type: 'd', path: '/run/user/1000' }],
      mounts: [{ target: '/run/podproof/e1/state/abc/rootfs', fstype: 'overlay' }],
      netns: [...host.netns, '/run/netns/cni-2'],
    };
    expect(leftovers(host, after)).toEqual({
      runtime: [
        'user kata-7 (1000)',
        '/run/user/1000',
        'mount /run/podproof/e1/state/abc/rootfs (overlay)',
        'network namespace /run/netns/cni-2',
        'device node /dev/vfio/5',
      ],
      ours: ['device node /dev/podproof-char'],
    });
  });

  it('name what is left below /run/vc by its uppermost directory', () => {
    const jail = '/run/vc/firecracker/abc';
    const runVc = [`${jail}/root/dev/kvm`, `${jail}/root/dev`, `${jail}/root`, jail].map((path) => ({ ...node, path }));
    expect(leftovers(host, { ...host, runVc }).runtime).toEqual([jail]);
  });

  it('do not count what went away', () => {
    expect(leftovers(host, { ...host, netns: [], dev: [] })).toEqual({ runtime: [], ours: [] });
  });
});
