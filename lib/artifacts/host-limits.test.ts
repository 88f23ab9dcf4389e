import { expect, test } from 'vitest';
import { reasonNotOnHost } from './host-limits.ts';

const trixie = '6.12.117+deb13-amd64';

test.each([
  [
    'runsc',
    '20240729.0',
    trixie,
    'v2',
    /^runsc 20240729\.0 takes every network namespace .*; the host has 6\.12\.117\+deb13-amd64$/,
  ],
  ['runsc', '20240729.0', '6.1.0-56-amd64', 'v2', undefined],
  ['runsc', '20240807.0', trixie, 'v2', undefined],
  ['runc', '1.1.15', trixie, 'v2', undefined],
  ['containerd', '1.3.10', trixie, 'v2', /^containerd 1\.3\.10 makes no container on control groups .*; the host has cgroup v2$/],
  ['containerd', '1.3.10', trixie, 'v1', undefined],
  ['containerd', '1.4.13', trixie, 'v2', undefined],
] as const)('%s %s on Linux %s with cgroup %s is refused: %s', (name, version, kernel, cgroup, why) => {
  const told = reasonNotOnHost({ name, version }, { kernel, cgroup });
  if (why === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(why);
});
