import { describe, expect, it } from 'vitest';
import { evidence, vmm } from '../../testing/evidence.ts';
import type { HostProcess } from '../../model/host-report.ts';
import { jailDevices, leftOfVm, vmmCgroup, vmmNamespaces, vmmRoot } from './jail.ts';

const short = '0123456789abcdef0123456789abcdef';
const jail = `/run/vc/firecracker/${short}`;

/** Firecracker in the jail of its jailer, or as `change` has it. */
function jailed(change: Partial<HostProcess> = {}) {
  const argv = ['firecracker', '--id', short];
  return evidence(({ host }) => {
    host.processes = [
      { ...vmm, argv, root: `/vc/firecracker/${short}/root`, namespaces: ['mnt', 'net'], cgroup: `0::/x/${short}`, ...change },
    ];
  });
}

function left(...runtime: string[]) {
  return leftOfVm().read(evidence((observation) => (observation.leftovers = { runtime, ours: [] })))?.word;
}

describe('the jail of a VMM', () => {
  it('is distinguished from the files of the host by what its root is', () => {
    expect(vmmRoot().read(jailed())?.word).toBe('jail');
    expect(vmmRoot().read(jailed({ root: `/kata/firecracker/${short}/root` }))?.word).toBe('jail');
    expect(vmmRoot().read(jailed({ root: '/' }))?.word).toBe('host');
    expect(vmmRoot().read(jailed({ root: '/srv' }))?.word).toBe('/srv');
    expect(vmmRoot().read(jailed({ root: undefined }))?.word).toBe('unseen');
  });

  it('has namespaces of its own, or those of the host', () => {
    expect(vmmNamespaces().read(jailed())?.word).toBe('mounts and network');
    expect(vmmNamespaces().read(jailed({ namespaces: [] }))?.word).toBe('none');
    expect(vmmNamespaces().read(jailed({ namespaces: ['mnt', 'net', 'user'] }))?.word).toBe('mnt,net,user');
  });

  it('is in a cgroup that carries the id of the sandbox, or in another', () => {
    expect(vmmCgroup().read(jailed())?.word).toBe('of the sandbox');
    expect(vmmCgroup().read(jailed({ cgroup: '0::/system.slice' }))?.word).toBe('of others');
  });

  it('has devices, each with an owner and a mode', () => {
    const devices = (...modes: string[]) =>
      jailDevices().read(
        evidence(({ host }) => {
          host.runVc = modes.map((mode, minor) => ({
            path: `${jail}/root/dev/${minor}`,
            type: 'c',
            major: 10,
            minor,
            uid: 0,
            gid: 0,
            mode,
          }));
        }),
      )?.word;
    expect(devices()).toBe('none');
    expect(devices('0600', '0600')).toBe('of root alone');
    expect(devices('0666')).toBe('open to others');
    expect(devices('0600', '0666')).toBe('of root alone and open to others');
  });
});

describe('what is left of a VM', () => {
  it('is nothing, its directory with what is mounted there, or the VMM itself', () => {
    expect(left()).toBe('nothing');
    expect(left(jail, `mount ${jail}/root (tmpfs)`)).toBe('directory');
    expect(left('/run/kata/firecracker/abc')).toBe('directory');
    expect(left(jail, 'process 12 firecracker (vmm, start 99)')).toBe('vmm');
    expect(left('user kata-7 (1000)')).toBe('other');
  });
});
