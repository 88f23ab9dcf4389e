import { describe, expect, it } from 'vitest';
import type { KubeletWork } from '../../model/kubelet-record.ts';
import { evidence, kubeletWork, type Sample } from '../../testing/evidence.ts';
import { kubeletRequest, listed, pluginDevices } from './kubelet.ts';

const node = { hostPath: '/dev/mine', containerPath: '/dev/given', permissions: 'mrw' };
const entry = { type: 'c' as const, major: 241, minor: 0, uid: 1000, gid: 2000, mode: '0600' };

function behind(change: Partial<KubeletWork>, more: (observation: Sample) => void = () => undefined) {
  return evidence((observation) => {
    observation.kubelet = { ...kubeletWork, ...change };
    more(observation);
  });
}

describe('the request of a kubelet', () => {
  it('is as podproof would make it, where nothing differs', () => {
    expect(kubeletRequest().read(behind({}))?.word).toBe('as podproof');
  });

  it('is another where a field differs, which is named with both values', () => {
    const differences = [{ field: 'container main: linux.resources.cpu_shares', kubelet: '7' }];
    expect(kubeletRequest().read(behind({ differences }))).toEqual({
      word: 'other',
      text: 'container main: linux.resources.cpu_shares: 7, by podproof not sent',
    });
  });

  it('is nothing to look at where none was made, or no kubelet was there', () => {
    expect(kubeletRequest().read(behind({ pod: { ...kubeletWork.pod, requests: [] } }))).toBeUndefined();
    expect(kubeletRequest().read(evidence())).toBeUndefined();
  });
});

describe('the devices of a plugin', () => {
  const pod = { ...kubeletWork.pod, allocations: [{ container: 'main', devices: [node], mounts: [], cdiDevices: [], env: {} }] };
  const seen = (change: Partial<typeof entry>) =>
    pluginDevices().read(
      behind({ pod }, ({ guest, host }) => {
        host.dev.push({ path: '/dev/mine', ...entry });
        guest.dev.push({ path: '/dev/given', ...entry, ...change });
      }),
    )?.word;

  it('are those that it offers, by type and numbers, whoever owns them', () => {
    expect(seen({ uid: 0 })).toBe('offered');
  });

  it('are others, or none, when the numbers differ or the node is absent', () => {
    expect(seen({ minor: 2 })).toBe('other');
    expect(pluginDevices().read(behind({ pod }))?.word).toBe('other');
  });
});

describe('a listing', () => {
  const line = (mode: string, wanted: string) =>
    listed('/dev/x', wanted).read(
      evidence(({ guest }) => void guest.dev.push({ path: '/dev/x', type: 'd', uid: 0, gid: 3000, mode })),
    )?.word;

  it.each([
    ['2775', 'drwxrwsr-x 0 3000'],
    ['1777', 'drwxrwxrwt 0 3000'],
    ['2640', 'drw-r-S--- 0 3000'],
    ['4511', 'dr-s--x--x 0 3000'],
  ])('of mode %s reads %s', (mode, wanted) => {
    expect(line(mode, wanted)).toBe('as printed');
  });

  it('says what is there where it is not as printed', () => {
    expect(line('0755', 'drwxrwsr-x 0 3000')).toBe('drwxr-xr-x 0 3000');
    expect(listed('/dev/none', 'x').read(evidence())?.word).toBe('absent');
  });
});
