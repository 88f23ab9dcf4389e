import { z } from 'zod';

/** From harmless to worst; a cell's verdict is the worst of its questions'. */
export const verdictNames = ['unsupported', 'pass', 'known', 'fixed', 'fail', 'void', 'blocked', 'error', 'missing'] as const;
// Marked as pure, so that a page that asks for the order alone is not given the whole of zod.
export const VerdictName = /* @__PURE__ */ z.enum(verdictNames);
export type VerdictName = z.infer<typeof VerdictName>;

/** What an answer does to its user: the pod cannot do what it was given the right to, or more is reachable than was asked for. */
export const harms = ['breaks', 'weakens'] as const;
export const Harm = /* @__PURE__ */ z.enum(harms);
export type Harm = z.infer<typeof Harm>;

/** `green` exits with 0, `red` with 1, `infrastructure` with 75. */
export type Colour = 'green' | 'red' | 'infrastructure';

const colours: Record<VerdictName, Colour> = {
  unsupported: 'green',
  pass: 'green',
  known: 'green',
  fixed: 'red',
  fail: 'red',
  void: 'red',
  blocked: 'infrastructure',
  error: 'infrastructure',
  missing: 'infrastructure',
};

export function colourOf(name: VerdictName): Colour {
  return colours[name];
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

/** How bad a verdict is: its place in the order from harmless to worst. */
export function severity(name: VerdictName): number {
  return verdictNames.indexOf(name);
}

/** The worst of some verdicts, or undefined of none. */
export function worstOf(names: Iterable<VerdictName>): VerdictName | undefined {
  let worst = -1;
  for (const name of names) worst = Math.max(worst, severity(name));
  return verdictNames[worst];
}

/** 1 when an answer is not the documented one, otherwise 75 when something did not come up, 77 when nothing could run here, 0. */
export function exitCode(verdicts: readonly VerdictName[]): 0 | 1 | 75 | 77 {
  const seen = new Set(verdicts.map(colourOf));
  if (seen.has('red')) return 1;
  if (seen.has('infrastructure')) return 75;
  return verdicts.every((verdict) => verdict === 'unsupported') ? 77 : 0;
}

const exits: Record<number, string> = {
  0: 'nothing new',
  1: 'something deviates that nobody has recorded',
  2: 'bad input',
  75: 'infrastructure: worth another try',
  77: 'nothing could run here',
  130: 'interrupted',
};

/** What the exit code of a run means. */
export function exitMeaning(exit: number): string {
  return exits[exit] ?? 'unknown exit code';
}

export type Counts = Record<VerdictName, number>;

/** How many of each, in their order. */
export function count(verdicts: Iterable<VerdictName>): Counts {
  const counts: Counts = { unsupported: 0, pass: 0, known: 0, fixed: 0, fail: 0, void: 0, blocked: 0, error: 0, missing: 0 };
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
}

/** `3 fail, 41 pass`: worst first, none left out that happened. */
export function countsText(counts: Counts): string {
  const some = verdictNames.filter((name) => counts[name] > 0).reverse();
  return some.length === 0 ? 'no verdicts' : some.map((name) => `${counts[name]} ${name}`).join(', ');
}
