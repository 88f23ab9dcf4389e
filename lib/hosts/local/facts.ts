import { z } from 'zod';
import { disposable, sparePci } from '../borrowed/facts.ts';

export const LocalHost = z.strictObject({ kind: z.literal('local'), sparePci, disposable: disposable.default(false) });
export type LocalHost = z.infer<typeof LocalHost>;

export const local = {
  // Its pods share the machine's kernel and devices.
  claim: () => ({ memoryMiB: 1024, cpus: 1, exclusive: ['this machine'] }),
  copies: 1,
  ownMachine: false,
  copiesArtifacts: false,
};
