import { z } from 'zod';

/** From harmless to worst; a cell's verdict is the worst of its rules. */
export const verdictNames = ['unsupported', 'pass', 'known', 'fixed', 'fail', 'void', 'blocked', 'error', 'missing'] as const;
// Marked as pure, so that a page that asks for the order alone is not given the whole of zod.
export const VerdictName = /* @__PURE__ */ z.enum(verdictNames);
export type VerdictName = z.infer<typeof VerdictName>;
