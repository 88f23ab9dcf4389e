import { type Document, type Verdict } from '../model/document.ts';
import { colourOf, type VerdictName } from '../model/verdict.ts';
import { naturalOrder } from './order.ts';
import { steady } from './steady.ts';
import { layerText } from './layers.ts';
import { everyVerdict } from './verdicts.ts';

/** What to act on first: a deviation of what was tested before a machine that never came up, and that before good news. */
const urgency: readonly VerdictName[] = ['void', 'fail', 'error', 'missing', 'blocked', 'fixed', 'known', 'unsupported', 'pass'];

/** One deviation in words, with every verdict that shows it: the same rule, verdict and observation in several cells is one finding. */
export interface Finding {
  verdict: VerdictName;
  rule: string;
  suite: string;
  /** The rule's sentence; empty for a rule that the document does not describe. */
  title: string;
  expected: string;
  observed: string;
  reason: string | undefined;
  known: string | undefined;
  security: boolean;
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

/** Everything that weakens isolation, known or not. */
export function securityFindings(document: Document): Finding[] {
  return findings(
    document,
    document.verdicts.filter(
      (verdict) => verdict.security === true && verdict.verdict !== 'pass' && verdict.verdict !== 'unsupported',
    ),
  );
}

/** Groups verdicts into findings, most urgent first, then security, then by how many cells show them. */
export function findings(document: Document, verdicts: readonly Verdict[]): Finding[] {
  const titles = new Map(document.rules.map((rule) => [`${rule.suite} ${rule.id}`, rule.title]));
  const groups = new Map<string, Finding>();
  for (const verdict of verdicts) {
    const key = JSON.stringify([verdict.verdict, verdict.suite, verdict.rule, verdict.known, steady(verdict.observed)]);
    const group = groups.get(key);
    if (group) {
      group.verdicts.push(verdict);
      group.security ||= verdict.security === true;
      continue;
    }
    groups.set(key, {
      verdict: verdict.verdict,
      rule: verdict.rule,
      suite: verdict.suite,
      title: titles.get(`${verdict.suite} ${verdict.rule}`) ?? '',
      expected: verdict.expected,
      observed: verdict.observed,
      reason: verdict.reason,
      known: verdict.known,
      security: verdict.security === true,
      layer: verdict.layer,
      verdicts: [verdict],
    });
  }
  return [...groups.values()].sort(
    (a, b) =>
      urgency.indexOf(a.verdict) - urgency.indexOf(b.verdict) ||
      Number(b.security) - Number(a.security) ||
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
