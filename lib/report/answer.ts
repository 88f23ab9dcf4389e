import { harms, type Harm, type VerdictName } from '../model/verdict.ts';

/** What is known of one question with one pair of versions: the worst verdict of its pods, and what they answer. */
export interface Answer {
  verdict: (typeof telling)[number];
  /** Ids of the known issues that the pods show. */
  known: string[];
  /** Everything that was seen, what harms most first: several where pods differ, none where what was seen is unforeseen. */
  answers: Seen[];
}

/** An answer by its name, in the newest words for it. */
export interface Seen {
  name: string;
  /** In a cell of a table. */
  short: string;
  says: string;
  harm?: Harm | undefined;
}

const telling = ['pass', 'known', 'fixed', 'fail', 'unsupported'] as const satisfies readonly VerdictName[];

/** A verdict that says something of the software; undefined for any other. */
export function answerOf(verdict: VerdictName): Answer['verdict'] | undefined {
  return telling.find((name) => name === verdict);
}

export function sameAnswer(a: Answer, b: Answer): boolean {
  return a.verdict === b.verdict && a.known.join() === b.known.join() && sameSeen(a, b);
}

export function sameSeen(a: Answer, b: Answer): boolean {
  const names = ({ answers }: Answer): string => JSON.stringify(answers.map(({ name }) => name));
  return names(a) === names(b);
}

/** What was seen, as in a cell of a table; `otherwise` where it is unforeseen. */
export function shortText({ answers }: Answer): string {
  return answers.map(({ short }) => short).join('; ') || 'otherwise';
}

/** What an answer does at worst. */
export function worstOfSeen({ answers }: Answer): Harm | undefined {
  return answers[0]?.harm;
}

/** What weakens before what breaks, and that before what does neither. */
export function harmRank(harm: Harm | undefined): number {
  return harm === undefined ? 0 : harms.indexOf(harm) + 1;
}

/** Whether it deviates from what is documented. */
export function isBad(verdict: VerdictName): boolean {
  return verdict === 'known' || verdict === 'fail';
}
