import { z } from 'zod';

/** How the launch ended. `refused` is an answer of the engine and may be just what is documented. */
export const Outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ran') }),
  z.object({ kind: z.literal('refused'), call: z.string(), code: z.string(), message: z.string() }),
  z.object({
    kind: z.literal('host-lost'),
    message: z.string(),
    consoleTail: z.string(),
    lastCall: z.string(),
    repeated: z.boolean(),
  }),
  z.object({ kind: z.literal('error'), message: z.string(), stack: z.string().default('') }),
]);
export type Outcome = z.infer<typeof Outcome>;
