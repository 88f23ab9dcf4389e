import { z } from 'zod';
import { VerdictName } from './verdict.ts';

/**
 * What may have become of a verdict since the baseline, what a reader should see first coming first. An `unsupported`
 * verdict judged nothing: it counts as absent.
 */
export const changeKinds = [
  /** Deviates now, and did not, or in another way of failing. */
  'new-failure',
  /** Infrastructure kept it from being judged, and did not before. */
  'newly-blocked',
  /** The same verdict on other evidence. */
  'changed-evidence',
  /** Deviates as a known issue says, and did not deviate, or as another issue says, or nobody had recorded it. */
  'new-known',
  /** As documented now, and was not; or a known issue that no longer happens, whose record needs a ceiling. */
  'fixed',
  /** Judged now, and infrastructure kept it from that before. */
  'unblocked',
  /** Judged before, and no longer: coverage was lost. */
  'disappeared',
  /** Judged now, and not before. */
  'appeared',
  'still-failing',
  'still-blocked',
  'still-known',
] as const;
export const ChangeKind = z.enum(changeKinds);
export type ChangeKind = z.infer<typeof ChangeKind>;

/** What became of one verdict. The four names find it in `verdicts`, unless it disappeared. */
export const Change = z.object({
  kind: ChangeKind,
  cell: z.string(),
  suite: z.string(),
  scenario: z.string(),
  rule: z.string(),
  before: z
    .object({ verdict: VerdictName, observed: z.string(), known: z.string().optional(), reason: z.string().optional() })
    .optional()
    .describe('absent when there was none'),
  after: VerdictName.optional().describe('absent when it disappeared'),
});
export type Change = z.infer<typeof Change>;

/** An older run, and what changed since. */
export const Baseline = z.object({
  run: z.string().describe('id of the older run'),
  started: z.string(),
  podproof: z.string(),
  exit: z.number().describe('the exit code when only what is new counts'),
  changes: z.array(Change),
  newCells: z.array(z.string()),
  goneCells: z.array(z.string()),
});
export type Baseline = z.infer<typeof Baseline>;
