import { z } from 'zod';

/** What the fake engine does when the call of that number arrives. */
export const EngineFault = z.object({
  what: z.enum([
    'kill podproof',
    'stop podproof',
    'kill engine',
    'stop engine',
    'hang',
    'reset',
    'garbage',
    'refuse',
    'flood',
    'lose host',
  ]),
  /** From 1, counted by each engine process anew. */
  at: z.int().min(1),
  podproof: z.int().min(2),
});
export type EngineFault = z.infer<typeof EngineFault>;
