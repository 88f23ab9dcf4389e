import { z } from 'zod';

/** From harmless to worst; a cell's verdict is the worst of its rules. */
export const verdictNames = ['unsupported', 'pass', 'known', 'fixed', 'fail', 'void', 'blocked', 'error', 'missing'] as const;
export const VerdictName = z.enum(verdictNames);
export type VerdictName = z.infer<typeof VerdictName>;
