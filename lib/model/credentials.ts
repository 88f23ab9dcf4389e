import { z } from 'zod';

/** What a process may do, from /proc/PID/status. Capability sets are 16 hexadecimal digits. */
export const Credentials = z.object({
  uids: z.array(z.number()).describe('real, effective, saved, file system'),
  gids: z.array(z.number()).describe('real, effective, saved, file system'),
  groups: z.array(z.number()),
  capEff: z.string(),
  capPrm: z.string(),
  capBnd: z.string(),
  capInh: z.string(),
  capAmb: z.string(),
  noNewPrivs: z.number(),
  seccomp: z.number(),
});
export type Credentials = z.infer<typeof Credentials>;
