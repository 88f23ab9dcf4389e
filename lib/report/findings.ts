import { type Document, type Verdict } from '../model/document.ts';
import { colourOf, type Harm, type VerdictName } from '../model/verdict.ts';
import { naturalOrder } from './order.ts';
import { steady } from './steady.ts';
import { layerText } from './layers.ts';
import { everyVerdict } from './verdicts.ts';

/** What to act on first: a deviation of what was tested before a machine that never came up, and that before good news. */
const urgency: readonly VerdictName[] = ['void', 'fail', 'error', 'missing', 'blocked', 'fixed', 'known', 'unsupported', 'pass'];

/** One deviation in words, with every verdict that shows it: the same question, verdict and answer in several cells is one finding. */
export interface Finding {
  verdict: VerdictName;
  rule: string;
  suite: string;
  /** The question's sentence; empty for one that the document does not describe. */
  asks: string;
  expected: string;
  observed: string;
  reason: string | undefined;
  known: string | undefined;
  harm: Harm | undefined;
  layer: string | undefined;
  verdicts: Verdict[];
}

/** What a reader should look at first: everything that is not green, most urgent and widest first. */
export function worstFindings(document: Document): Finding[] {
  return findings(
    document,
    everyVerdict(document).filter((verdict) => colourOf(verdict.verdict) !== 'green'),
  );
}

/** Everything that weakens isolation, whatever its verdict. */
export function securityFindings(document: Document): Finding[] {
  return findings(
    document,
    document.verdicts.filter(({ harm }) => harm === 'weakens'),
  );
}

/** Groups verdicts into findings, most urgent first, then what weakens, then by how many cells show them. */
export function findings(document: Document, verdicts: readonly Verdict[]): Finding[] {
  const questions = new Map(document.rules.map(({ suite, id, asks }) => [`${suite} ${id}`, asks]));
  const groups = new Map<string, Finding>();
  for (const verdict of verdicts) {
    const { answer = steady(verdict.observed) } = verdict;
    const key = JSON.stringify([verdict.verdict, verdict.suite, verdict.rule, verdict.known, answer]);
    const group = groups.get(key);
    if (group) {
      group.verdicts.push(verdict);
      if (verdict.harm === 'weakens') group.harm = verdict.harm;
      continue;
    }
    groups.set(key, {
      verdict: verdict.verdict,
      rule: verdict.rule,
      suite: verdict.suite,
      asks: questions.get(`${verdict.suite} ${verdict.rule}`) ?? '',
      expected: verdict.expected,
      observed: verdict.observed,
      reason: verdict.reason,
      known: verdict.known,
      harm: verdict.harm,
      layer: verdict.layer,
      verdicts: [verdict],
    });
  }
  return [...groups.values()].sort(
    (a, b) =>
      urgency.indexOf(a.verdict) - urgency.indexOf(b.verdict) ||
      Number(b.harm === 'weakens') - Number(a.harm === 'weakens') ||
      b.verdicts.length - a.verdicts.length ||
      naturalOrder(a.rule, b.rule) ||
      naturalOrder(a.observed, b.observed),
  );
}

/** The distinct cells of a finding, in the order of its verdicts. */
export function cellsOf(finding: Finding): string[] {
  return [...new Set(finding.verdicts.map((verdict) => verdict.cell))];
}

/** Whether expected and observed say it; a cell that never came up and a vanished known issue have a sentence of their own. */
export function isContrast(finding: Finding): boolean {
  return finding.verdict !== 'fixed' && colourOf(finding.verdict) !== 'infrastructure';
}

/** `expected …, observed …`, or the reason where nothing could be observed. */
export function sentence(finding: Finding): string {
  if (colourOf(finding.verdict) === 'infrastructure') return finding.reason ?? finding.observed;
  if (finding.verdict === 'fixed')
    return `${finding.known ?? 'the known issue'} no longer happens here: its record needs a ceiling`;
  const cause = finding.layer === undefined ? '' : `; changed at the ${layerText(finding.layer)}`;
  return `expected ${finding.expected}; observed ${finding.observed}${cause}`;
}
