import { z } from 'zod';
import { allowExpiredRelease, debianSuite } from '../image/facts.ts';

export const VmHost = z.strictObject({
  kind: z.literal('vm'),
  suite: debianSuite.describe('Debian suite of the host image, and so its kernel and libc'),
  memoryMiB: z.int().min(1024).default(3072),
  cpus: z.int().min(1).default(2),
  kernelParameters: z.array(z.string()).default([]),
  cgroup: z
    .literal('v1')
    .optional()
    .describe('Boot with cgroup v1, where the release’s systemd still has it; otherwise the release’s default, v2'),
  allowExpiredRelease: allowExpiredRelease.default(false),
});
export type VmHost = z.infer<typeof VmHost>;

/** Versions of QEMU. */
export const qemu = {
  /** Nothing older was ever tried. */
  oldest: '7.0',
  /**
   * From here on a page of code is locked before it is translated. Before, one emulated CPU may run what another is just
   * patching: `Oops: int3`, and the host is lost. Citation: QEMU 8.1, "accel/tcg: Always lock pages before translation".
   * Not never, only seldom: under a key of the scheduler that is patched without a pause, 4 of 7 hosts died within 20 s on
   * 7.2.22, and 1 of 10 on 10.0.2, which patched it 2000 times in the others; of 42 that opened IPv6 connections, none.
   */
  reliableSince: '8.1',
  /** Citation: QEMU 9.0, "intel_iommu: allow Extended Interrupt Mode when using userspace APIC". */
  emulatesX2apicSince: '9.0',
} as const;

/** QEMU's own memory beside the guest's: devices, threads and, under emulation, translated code. */
const overheadMiB = 384;

export const vm = {
  claim: ({ memoryMiB, cpus }: VmHost) => ({ memoryMiB: memoryMiB + overheadMiB, cpus, exclusive: [] }),
  copies: Infinity,
  ownMachine: true,
  copiesArtifacts: false,
  debianSuite: ({ suite }: VmHost) => suite,
  allowsExpiredRelease: (spec: VmHost) => spec.allowExpiredRelease,
};
