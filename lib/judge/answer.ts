import { outcomeText } from '../model/outcome-text.ts';
import type { Evidence } from '../suite/evidence.ts';
import { holds, isRefusal, rowsOf, type Answer, type Documented, type Question, type Row } from '../suite/question.ts';
import type { Sight } from '../suite/reading.ts';
import type { CellFacts } from '../suite/requirement.ts';

/** What came out of a question to an observation. */
export interface Seen {
  /** The answers that are seen: one; none, which nobody foresaw; or several, a fault of the table. */
  answers: string[];
  /** What each reading saw, by its name; empty when there was nothing to read. */
  sights: ReadonlyMap<string, Sight>;
  /** Nothing was recorded that it could be answered from. */
  unanswered: boolean;
}

/** Looks at the evidence of a question. Pure. */
export function seenBy(question: Question, evidence: Evidence): Seen {
  const { outcome } = evidence.observation;
  const sights = new Map<string, Sight>();
  const names = Object.keys(question.reads);
  for (const name of names) {
    const sight = question.reads[name]?.read(evidence);
    if (sight !== undefined) sights.set(name, sight);
  }
  const whole = sights.size === names.length;
  const answers = Object.entries(question.answers).flatMap(([name, answer]) => {
    if (!isRefusal(answer.seen)) return whole && rowsOf(answer).some((row) => fits(row, sights)) ? [name] : [];
    if (outcome.kind !== 'refused' || answer.seen.calls?.includes(outcome.call) === false) return [];
    const { code, message } = answer.seen;
    return (code === undefined ? message.test(outcome.message) : outcome.code === code) ? [name] : [];
  });
  return {
    answers,
    sights: whole ? sights : new Map(),
    unanswered: !whole && (outcome.kind === 'ran' || !names.some((name) => question.reads[name]?.ofLaunch)),
  };
}

function fits(row: Row, sights: ReadonlyMap<string, Sight>): boolean {
  return Object.entries(row).every(([name, words]) => holds(words, sights.get(name)?.word));
}

/** What is documented for this cell and scenario, or undefined. */
export function documentedFor({ documented }: Question, cell: CellFacts, scenario: string): Documented | undefined {
  return documented.find(
    ({ where, on }) => (on?.includes(scenario) ?? true) && where.every((requirement) => requirement.unmet(cell) === undefined),
  );
}

/** The sights that differ from those of an answer; all of them where it shows otherwise, as a refusal does. */
export function deviating(answer: Answer | undefined, sights: ReadonlyMap<string, Sight>): Sight[] {
  const rows = answer === undefined ? [] : rowsOf(answer);
  const differ = rows.map((row) =>
    [...sights].filter(([name, { word }]) => !holds(row[name] ?? [], word)).map(([, sight]) => sight),
  );
  return differ.sort((a, b) => a.length - b.length)[0] ?? [...sights.values()];
}

/** What was seen in words: of the pod, or how its launch ended. */
export function seenText(sights: Iterable<Sight>, evidence: Evidence): string {
  const texts = [...new Set([...sights].map(({ text }) => text))];
  return texts.length > 0 ? texts.join('; ') : outcomeText(evidence.observation);
}
