import { colourOf, meaning, verdictNames, type Colour, type VerdictName } from '../model/verdict.ts';

export interface VerdictEntry {
  verdict: VerdictName | 'flaky';
  means: string;
  exit: string;
  next: string;
}

const exits: Record<Colour, string> = { green: '0', red: '1', infrastructure: '75' };

/** What to do about each. */
const next: Record<VerdictName, string> = {
  unsupported: 'Nothing: the reason names what this cell does not have. It is never counted as a pass.',
  pass: 'Nothing. A documented failure that fails as documented is a pass too.',
  known: 'Read the known issue: it has a link and says whether it weakens isolation. It does not turn a run red.',
  fixed: 'Give the known issue in suites/known-issues.ts the ceiling that this run shows, so that its return is a fail.',
  fail: 'Compare expected with observed, and look at the first layer that changed. If engine or runtime is wrong, report it there and record it in suites/known-issues.ts; if the question is wrong, correct its row.',
  void: 'Find out what answered: version, checksum, kernel or VMM are not the planned ones. Nothing else of this pod is judged.',
  blocked: 'Read the reason: it ends with what helps. Then npx podproof run --resume.',
  error: 'npx podproof run --resume tries it again. If it stays, report it with the run folder.',
  missing: 'The run was interrupted: npx podproof run --resume.',
};

/** A verdict or the mark `flaky`, explained; undefined for any other word. */
export function verdictEntry(word: string): VerdictEntry | undefined {
  if (word === 'flaky') {
    return {
      verdict: 'flaky',
      means: 'a mark beside a verdict: the first try ended in trouble of the harness, the second one was judged',
      exit: 'that of the verdict',
      next: 'Count them. A flake is recorded, and never turns a verdict green.',
    };
  }
  const name = verdictNames.find((verdict) => verdict === word);
  return name && { verdict: name, means: meaning[name], exit: exits[colourOf(name)], next: next[name] };
}
