/** An error text that engineers meet, what it means, and what helps. */
export interface Symptom {
  id: string;
  /** Matched against the text on one line, with single blanks; quick on 16 KiB of anything. */
  pattern: RegExp;
  /** Such a text, as an engine or runtime wrote it; tests match it. */
  example: string;
  /** Rules that stand for it; none where it is no pod's doing. */
  rules: readonly string[];
  means: string;
  /** Which engines, runtimes and versions say it, and at which call. */
  where: string;
  fix: string;
  /** What the fix gives away. */
  cost: string;
  /** How it is known: measured by a run of ours, or read. */
  source: string;
}
