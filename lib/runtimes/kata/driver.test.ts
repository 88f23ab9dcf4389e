import { expect, test } from 'vitest';
import { HostSpec } from '../../hosts/facts.ts';
import { kataDriver } from './driver.ts';
import type { Vmm } from './facts.ts';

test('a prefix without virtiofsd is of no use on Debian 12, whose own takes other options, where the VMM shares directories', () => {
  const reason = (suite: string, vmm: Vmm, ...programs: string[]): string | undefined =>
    kataDriver.reasonNot?.(
      { host: { spec: HostSpec.parse({ kind: 'vm', suite }) }, engine: { name: 'containerd' }, runtime: { vmm } },
      { version: '4.1.0', binaries: Object.fromEntries(programs.map((name) => [name, `libexec/${name}`])) },
    );
  expect(reason('bookworm', 'qemu')).toBe(
    'Kata 4.1.0 brings no virtiofsd, and that of Debian 12 does not know --shared-dir; put one of virtio-fs, 1.0 or newer, into libexec of the prefix',
  );
  expect(reason('bookworm', 'clh')).toBeDefined();
  expect(reason('bookworm', 'qemu', 'virtiofsd')).toBeUndefined();
  expect(reason('trixie', 'qemu')).toBeUndefined();
  for (const vmm of ['firecracker', 'dragonball'] as const) expect(reason('bookworm', vmm)).toBeUndefined();
});
