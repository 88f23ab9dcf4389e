import { z } from 'zod';

/** Debian suites of which a host image can be built. */
export const debianSuite = z.enum(['bookworm', 'trixie', 'sid']);
export type DebianSuite = z.infer<typeof debianSuite>;

export const allowExpiredRelease = z
  .boolean()
  .describe('Accept a package index whose Release file is past its date; recorded in the report');

/**
 * Images of VM and container hosts; each holds all that the one before it does. `kata` adds what Kata's VMs need on the host: QEMU with
 * firmware, virtiofsd. Engines and runtimes are attached, never part of an image.
 */
export const imageVariants = ['plain', 'kata'] as const;
export type ImageVariant = (typeof imageVariants)[number];
