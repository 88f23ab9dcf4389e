import { z } from 'zod';
import { Harm, VerdictName } from './verdict.ts';

/**
 * What became of a verdict since the baseline, what a reader should see first coming first. Each verdict of the newer run
 * has one, but those that are `unsupported`: they judged nothing.
 */
export const changeKinds = [
  /** The answer weakens isolation now, and did not; or in another way that nobody has recorded. */
  'newly-weaker',
  /** The answer breaks the pod now, or nobody has recorded it, and the one before did not; or in another way that nobody has recorded. */
  'newly-broken',
  /** Nothing can be said now, as infrastructure kept it from being judged or the wrong thing was tested, and could before. */
  'newly-unjudged',
  /** The answer harmed, or deviated, and no longer does. */
  'mended',
  /** The same answer on other evidence, or another answer that is no worse. */
  'changed-evidence',
  'same',
  /** The baseline cannot know: `why` has the reason. */
  'not-comparable',
  'still-unjudged',
] as const;
export const ChangeKind = z.enum(changeKinds);
export type ChangeKind = z.infer<typeof ChangeKind>;

/** Why a verdict has nothing in the baseline to compare it with. */
export const incomparable = [
  /** No cell of its host family, engine and runtime flavour in the same or an older version. */
  'no-cell',
  /** The cell was there, and did not run this scenario. */
  'not-run',
  /** The scenario ran, and the question was unknown then, or not selected. */
  'not-asked',
  /** The question did not apply to the older version, or nothing was recorded then to answer it from. */
  'inapplicable',
  /** Infrastructure kept it from being judged, or the wrong thing was tested. */
  'unjudged',
  /** An older podproof wrote it, without the name of the answer. */
  'no-answer',
] as const;
export const Incomparable = z.enum(incomparable);
export type Incomparable = z.infer<typeof Incomparable>;

/** What became of one verdict. The four names find it in `verdicts`. */
export const Change = z.object({
  kind: ChangeKind,
  why: Incomparable.optional().describe('of one that is not comparable'),
  cell: z.string(),
  suite: z.string(),
  scenario: z.string(),
  question: z.string(),
  before: z
    .object({
      verdict: VerdictName,
      answer: z.string().optional(),
      harm: Harm.optional(),
      observed: z.string(),
      known: z.string().optional(),
      reason: z.string().optional(),
    })
    .optional()
    .describe('absent when there was none'),
  after: VerdictName,
});
export type Change = z.infer<typeof Change>;

/** A cell of the newer run and the one of the baseline that it is compared with: itself, or the nearest older versions. */
export const CellPair = z.object({
  cell: z.string(),
  before: z
    .object({ cell: z.string(), host: z.string(), engine: z.string(), runtime: z.string() })
    .optional()
    .describe('the older cell, its host and its versions; absent when the baseline has none to compare with'),
  counts: z.record(ChangeKind, z.number()),
});
export type CellPair = z.infer<typeof CellPair>;

/** An older run, and what changed since. */
export const Baseline = z.object({
  run: z.string().describe('id of the older run'),
  started: z.string(),
  podproof: z.string(),
  exit: z.number().describe('the exit code when only what is newly weaker, newly broken or newly unjudged counts'),
  pairs: z.array(CellPair).describe('one for each cell of the run'),
  changes: z.array(Change).describe('all but what is the same, still unjudged, or not comparable for want of a cell'),
  gone: z
    .array(z.object({ cell: z.string(), suite: z.string(), scenario: z.string(), question: z.string() }))
    .describe('what the baseline judged in the older cell of a pair, and the run does not'),
  goneCells: z.array(z.string()).describe('cells of the baseline that no cell of the run is compared with'),
});
export type Baseline = z.infer<typeof Baseline>;
