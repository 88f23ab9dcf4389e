import { z } from 'zod';

/**
 * What we put on a host so that a pod can be handed something unmistakable: never a disk or node that we did not make.
 * Paths are those on the host; owners and modes are recorded by the host sweep, as one of the layers.
 */
export const Fixtures = z.object({
  /** Character node 10:229 of our own, 1234:4321 0640. */
  char: z.string(),
  /** Spare disk with a content canary, 1234:4321 0640. */
  block: z.string(),
  /** Second spare disk, root:disk 0660. */
  blockPlain: z.string(),
  /** Directory with two character nodes: `first` 11:22 0641, `second` 33:44 0604. */
  directory: z.string(),
  /** Group node of the spare PCI function bound to vfio-pci, like /dev/vfio/5; null on a host without one. */
  vfioGroup: z.string().nullable(),
  /** /dev/vfio/vfio; null on a host without a spare PCI function. */
  vfioControl: z.string().nullable(),
  /** Address of the spare PCI function: 0000:00:08.0. */
  vfioAddress: z.string().nullable(),
  /** hugetlbfs mount that root:3000 owns, 2775; null where the kernel has no huge pages. */
  hugepages: z.string().nullable(),
  /** A path below /dev that does not exist. */
  missing: z.string(),
  /** Directory with our CDI specification, to be named in the engine's configuration. */
  cdiDirectory: z.string(),
});
export type Fixtures = z.infer<typeof Fixtures>;

/** First bytes of the canary disk. */
export const canary = 'podproof canary: this disk was made for a test\n';
/** Vendor and device of the spare PCI function: an Intel 82574L, QEMU's e1000e. */
export const spareIds = '0x8086:0x10d3';
/** Where our CDI specification puts its device. */
export const cdiPath = '/dev/podproof-cdi';
/** The device that it offers: it injects `char` there without ids. */
export const cdiDevice = 'podproof.dev/char=canary';
