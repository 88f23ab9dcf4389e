import { type Document, type Verdict } from '../record/document.ts';
import { canonical, stableJson } from './canonical.ts';
import { steady } from './steady.ts';
import { colourOf, everyVerdict } from './verdicts.ts';

/** One rule in one cell and scenario, before and after. */
export interface Change {
  before: Verdict | undefined;
  after: Verdict;
}

/** What differs between two runs. Every verdict of the newer run is in at most one list. */
export interface Comparison {
  /** Id of the older run. */
  baseline: string;
  /** Red now, and green or absent before. */
  newFailures: Change[];
  /** Red or a known deviation before, as documented now; or a known issue that no longer happens. */
  fixed: Change[];
  /** Another verdict, or the same deviation seen with other evidence. */
  changed: Change[];
  stillKnown: Change[];
  stillRed: Change[];
  newCells: string[];
  goneCells: string[];
  /** Judged before and no longer, in cells that are still there: coverage was lost. */
  goneVerdicts: Verdict[];
}

/** Compares two documents by cell, suite, scenario and rule. Pure; independent of the order of their entries. */
export function compare(baseline: Document, document: Document): Comparison {
  const before = byKey(everyVerdict(canonical(baseline)));
  const after = byKey(everyVerdict(canonical(document)));
  const beforeCells = new Set(baseline.cells.map((cell) => cell.id));
  const afterCells = new Set(document.cells.map((cell) => cell.id));
  const result: Comparison = {
    baseline: baseline.run.id,
    newFailures: [],
    fixed: [],
    changed: [],
    stillKnown: [],
    stillRed: [],
    newCells: canonical(document).cells.flatMap((cell) => (beforeCells.has(cell.id) ? [] : [cell.id])),
    goneCells: canonical(baseline).cells.flatMap((cell) => (afterCells.has(cell.id) ? [] : [cell.id])),
    goneVerdicts: [...before].flatMap(([key, verdict]) => (after.has(key) || !afterCells.has(verdict.cell) ? [] : [verdict])),
  };
  for (const [key, verdict] of after) {
    const change = { before: before.get(key), after: verdict };
    const list = listOf(change);
    if (list !== undefined) result[list].push(change);
  }
  return result;
}

function listOf({ before, after }: Change): 'newFailures' | 'fixed' | 'changed' | 'stillKnown' | 'stillRed' | undefined {
  const red = colourOf(after.verdict) !== 'green';
  const wasRed = before !== undefined && colourOf(before.verdict) !== 'green';
  if (after.verdict === 'fixed' && before?.verdict !== 'fixed') return 'fixed';
  if (red && !wasRed) return 'newFailures';
  if (before === undefined) return undefined;
  if (after.verdict === 'pass' && (wasRed || before.verdict === 'known')) return 'fixed';
  if (after.verdict !== before.verdict || (after.verdict !== 'unsupported' && evidenceOf(after) !== evidenceOf(before)))
    return 'changed';
  if (red) return 'stillRed';
  return after.verdict === 'known' ? 'stillKnown' : undefined;
}

function evidenceOf(verdict: Verdict): string {
  return steady(
    stableJson([verdict.expected, verdict.observed, verdict.known, verdict.layer, verdict.trail, verdict.security === true]),
  );
}

/** A rule that gave several verdicts on one observation keeps them apart by their order. */
function byKey(verdicts: readonly Verdict[]): Map<string, Verdict> {
  const seen = new Map<string, number>();
  return new Map(
    verdicts.map((verdict) => {
      const key = JSON.stringify([verdict.cell, verdict.suite, verdict.scenario, verdict.rule]);
      const nth = seen.get(key) ?? 0;
      seen.set(key, nth + 1);
      return [`${key} ${nth}`, verdict];
    }),
  );
}
