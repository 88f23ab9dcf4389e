import { verdictNames, type VerdictName } from './document.ts';

/** The worst of the verdicts; `unsupported` of none. */
export function worst(verdicts: Iterable<VerdictName>): VerdictName {
  let index = 0;
  for (const verdict of verdicts) index = Math.max(index, verdictNames.indexOf(verdict));
  return verdictNames[index] ?? 'unsupported';
}

const red: readonly VerdictName[] = ['fixed', 'fail', 'void'];
const infrastructure: readonly VerdictName[] = ['blocked', 'error', 'missing'];

/** 1 when a rule was found broken, otherwise 75 when something did not come up, 77 when nothing could run here, 0. */
export function exitCode(verdicts: readonly VerdictName[]): 0 | 1 | 75 | 77 {
  if (verdicts.some((verdict) => red.includes(verdict))) return 1;
  if (verdicts.some((verdict) => infrastructure.includes(verdict))) return 75;
  return verdicts.every((verdict) => verdict === 'unsupported') ? 77 : 0;
}

/** How many of each, in the order of the lattice. */
export function count(verdicts: Iterable<VerdictName>): Record<VerdictName, number> {
  const counts = Object.fromEntries(verdictNames.map((name) => [name, 0])) as Record<VerdictName, number>;
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
}
