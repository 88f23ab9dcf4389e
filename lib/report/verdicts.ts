import { scenarioKey } from '../model/observation.ts';
import type { Document, KnownIssueText, Verdict } from '../model/document.ts';
import { meaning, severity, type VerdictName, worstOf } from '../model/verdict.ts';

/**
 * The verdicts, and one more for each cell that is worse than all of them: a cell whose engine never came up has no
 * verdict of its own and must not disappear from a report.
 */
export function everyVerdict(document: Document): readonly Verdict[] {
  const known = every.get(document);
  if (known !== undefined) return known;
  const verdicts = withBareCells(document);
  every.set(document, verdicts);
  return verdicts;
}

/** Each kind of report asks for them, of one document. */
const every = new WeakMap<Document, readonly Verdict[]>();

/** The worst verdict of each cell that has any. */
export function worstByCell(verdicts: readonly Verdict[]): Map<string, VerdictName> {
  const worst = new Map<string, VerdictName>();
  for (const { cell, verdict } of verdicts) worst.set(cell, worstOf([verdict, worst.get(cell) ?? verdict]) ?? verdict);
  return worst;
}

function withBareCells(document: Document): readonly Verdict[] {
  const worst = worstByCell(document.verdicts);
  const bare = document.cells.filter((cell) => {
    const found = worst.get(cell.id);
    return found === undefined || severity(cell.verdict) > severity(found);
  });
  if (bare.length === 0) return document.verdicts;
  return [
    ...document.verdicts,
    ...bare.map((cell) => ({
      cell: cell.id,
      suite: 'cell',
      scenario: 'bring-up',
      question: 'CELL',
      verdict: cell.verdict,
      expected: 'the cell comes up and is judged',
      observed: cell.reason ?? `the cell is ${cell.verdict}: ${meaning[cell.verdict]}`,
      evidence: '',
    })),
  ];
}

/** What ends a known issue, in one sentence. */
export function remedyText(remedy: KnownIssueText['remedy']): string {
  return remedy === 'none known'
    ? remedy
    : `${remedy.setting} (${/\d/.test(remedy.since) ? `since ${remedy.since}` : remedy.since}). It costs: ${remedy.cost}`;
}

/** Which observation a verdict was judged on. */
export function evidenceKey(verdict: Pick<Verdict, 'cell' | 'suite' | 'scenario'>): string {
  return scenarioKey(verdict);
}
