import { isRefusal, rowsOf, type Question, type Row } from './question.ts';
import type { Scenario } from './scenario.ts';

/** Scenarios and the questions on them: the unit that `--only suite=` and a profile name. */
export interface Suite {
  id: string;
  title: string;
  scenarios: Scenario[];
  questions: Question[];
}

/** Checks a suite when it is loaded, so that a slip in a table is found before a host is started. */
export function suite(table: Suite): Suite {
  const refuse = (why: string): Error => new Error(`Cannot load suites/${table.id}.suite.ts: ${why}`);
  const scenarios = new Set<string>();
  for (const { id } of table.scenarios) {
    if (scenarios.has(id)) throw refuse(`the scenario "${id}" is defined twice`);
    scenarios.add(id);
  }
  const questions = new Set<string>();
  const asked = new Set<string>();
  for (const question of table.questions) {
    const { id, on } = question;
    if (questions.has(id)) throw refuse(`the question ${id} is defined twice`);
    questions.add(id);
    for (const scenario of on) {
      if (!scenarios.has(scenario)) throw refuse(`question ${id} is on the scenario "${scenario}", which does not exist`);
      asked.add(scenario);
    }
    const fault = faultIn(question);
    if (fault !== undefined) throw refuse(`question ${id}: ${fault}`);
  }
  for (const id of scenarios) {
    if (!asked.has(id)) throw refuse(`no question is on the scenario "${id}", so its pod would prove nothing`);
  }
  return table;
}

/** What makes the answers of a question ambiguous or incomplete, or undefined. */
function faultIn({ reads, answers, documented }: Question): string | undefined {
  const entries = Object.entries(answers);
  for (const { answer } of documented) if (!(answer in answers)) return `"${answer}" is documented, and no answer`;
  const everywhere = documented.findIndex(({ where, on }) => where.length === 0 && on === undefined);
  const never = everywhere < 0 ? undefined : documented[everywhere + 1];
  if (never !== undefined) return `"${never.answer}" is documented behind what holds everywhere`;
  for (const [name, answer] of entries) {
    if (isRefusal(answer.seen)) continue;
    for (const row of rowsOf(answer)) {
      const missing = Object.keys(reads).find((reading) => !(reading in row));
      if (missing !== undefined) return `the answer "${name}" does not say what "${missing}" is`;
    }
  }
  for (const [index, [name, answer]] of entries.entries()) {
    for (const [other, rival] of entries.slice(index + 1)) {
      const both = rowsOf(answer).some((row) => rowsOf(rival).some((against) => compatible(row, against)));
      if (both) return `"${name}" and "${other}" can both be seen`;
    }
  }
  return undefined;
}

function compatible(a: Row, b: Row): boolean {
  return Object.keys(a).every((name) => {
    const [mine, theirs] = [words(a[name]), words(b[name])];
    return mine.some((word) => theirs.includes(word));
  });
}

function words(cell: Row[string] | undefined): readonly string[] {
  return cell === undefined ? [] : typeof cell === 'string' ? [cell] : cell;
}
