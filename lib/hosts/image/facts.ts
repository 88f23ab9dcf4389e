import { z } from 'zod';

/** Debian suites of which a host image can be built. */
export const debianSuite = z.enum(['bookworm', 'trixie', 'sid']);
export type DebianSuite = z.infer<typeof debianSuite>;

export const allowExpiredRelease = z
  .boolean()
  .describe('Accept a package index whose Release file is past its date; recorded in the report');
