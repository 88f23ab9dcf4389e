import { scenarioKey } from '../model/observation.ts';
import { type Document, type Verdict, type VerdictName, verdictNames } from '../model/document.ts';

/** How bad a verdict is: its place in the order from harmless to worst. */
export function severity(name: VerdictName): number {
  return verdictNames.indexOf(name);
}

/** The worst of some verdicts, or undefined for none. */
export function worstOf(names: Iterable<VerdictName>): VerdictName | undefined {
  let worst: VerdictName | undefined;
  for (const name of names) if (worst === undefined || severity(name) > severity(worst)) worst = name;
  return worst;
}

/** `green` exits with 0, `red` with 1, `infrastructure` with 75. */
export type Colour = 'green' | 'red' | 'infrastructure';

export function colourOf(name: VerdictName): Colour {
  switch (name) {
    case 'unsupported':
    case 'pass':
    case 'known':
      return 'green';
    case 'fixed':
    case 'fail':
    case 'void':
      return 'red';
    case 'blocked':
    case 'error':
    case 'missing':
      return 'infrastructure';
  }
}

/** What a verdict means, for legends and headings. */
export const meaning: Record<VerdictName, string> = {
  unsupported: 'does not apply here',
  pass: 'as documented',
  known: 'deviates exactly as a known issue says',
  fixed: 'a known issue no longer happens here',
  fail: 'deviates, and nobody has recorded it',
  void: 'the wrong thing was tested',
  blocked: 'host, artifact or engine never came up',
  error: "podproof's own fault",
  missing: 'planned, but there is no record',
};

const exits: Record<number, string> = {
  0: 'nothing new',
  1: 'something deviates that nobody has recorded',
  2: 'bad input',
  75: 'infrastructure: worth another try',
  77: 'nothing could run here',
};

/** What the exit code of a run means. */
export function exitMeaning(exit: number): string {
  return exits[exit] ?? 'unknown exit code';
}

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

function withBareCells(document: Document): readonly Verdict[] {
  const worst = new Map<string, VerdictName>();
  for (const { cell, verdict } of document.verdicts) worst.set(cell, worstOf([verdict, worst.get(cell) ?? verdict]) ?? verdict);
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
      rule: 'CELL',
      verdict: cell.verdict,
      expected: 'the cell comes up and is judged',
      observed: cell.reason ?? `the cell is ${cell.verdict}: ${meaning[cell.verdict]}`,
      evidence: '',
    })),
  ];
}

/** Which observation a verdict was judged on. */
export function evidenceKey(verdict: Pick<Verdict, 'cell' | 'suite' | 'scenario'>): string {
  return scenarioKey(verdict);
}

/** `3 fail, 41 pass`: worst first, none left out that happened. */
export function countsText(counts: Document['counts']): string {
  const some = verdictNames.filter((name) => counts[name] > 0).reverse();
  return some.length === 0 ? 'no verdicts' : some.map((name) => `${counts[name]} ${name}`).join(', ');
}
