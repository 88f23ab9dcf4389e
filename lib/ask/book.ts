import type { Harm } from '../model/verdict.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import { isRefusal, type Answer, type Question } from '../suite/question.ts';
import type { Requirement } from '../suite/requirement.ts';
import type { Suite } from '../suite/suite.ts';
import { layersIn } from './reader/layer.ts';
import type { Symptom } from './symptoms/symptom.ts';

/** All that explanations are looked up in. */
export interface Book {
  suites: readonly Suite[];
  known: readonly KnownIssue[];
  symptoms: readonly Symptom[];
}

export interface QuestionEntry {
  id: string;
  suite: string;
  /** The question. */
  asks: string;
  /** Everything that can come out, and what it does to its user. */
  answers: Array<{ name: string; says: string; harm: Harm | undefined }>;
  citation: string;
  /** Where it applies, in words. */
  applies: string;
  /** The pods that it is judged on. */
  pods: string[];
}

export interface KnownEntry {
  id: string;
  title: string;
  url: string;
  /** The questions that it answers otherwise. */
  questions: string[];
  /** Where it happens, in words. */
  range: string;
  /** One of its answers weakens isolation. */
  security: boolean;
  impact: string;
  remedy: KnownIssue['remedy'];
}

/** Every question of the book with the suite that it is in. */
export function questionsOf(book: Book): Array<{ suite: Suite; question: Question }> {
  return book.suites.flatMap((suite) => suite.questions.map((question) => ({ suite, question })));
}

/** These questions in the order of the ids; an id that no suite has is left out. */
export function questionEntries(book: Book, ids: readonly string[]): QuestionEntry[] {
  const questions = questionsOf(book);
  return ids.flatMap((id) =>
    questions.filter(({ question }) => question.id === id).map(({ suite, question }) => questionEntry(suite, question)),
  );
}

function questionEntry(suite: Suite, question: Question): QuestionEntry {
  const on = suite.scenarios.filter((scenario) => question.on.includes(scenario.id));
  const needs = [...(question.needs ?? []), ...shared(on.map((scenario) => scenario.needs ?? []))];
  return {
    id: question.id,
    suite: suite.id,
    asks: question.asks,
    answers: Object.entries(question.answers).map(([name, { says, harm }]) => ({ name, says, harm })),
    citation: [...new Set(question.documented.map(({ citation }) => citation))].join('; '),
    applies: words(needs) || 'every engine and runtime',
    pods: on.map((scenario) => scenario.title),
  };
}

/** The requirements that all the scenarios have. */
function shared(needs: ReadonlyArray<readonly Requirement[]>): Requirement[] {
  const [first = [], ...others] = needs;
  return first.filter(({ text }) => others.every((other) => other.some((need) => need.text === text)));
}

export function knownEntry(issue: KnownIssue, book: Book): KnownEntry {
  const { id, title, url, answers, where, impact, remedy } = issue;
  const security = answersOf(issue, book).some(({ harm }) => harm === 'weakens');
  return { id, title, url, questions: Object.keys(answers), range: words(where), security, impact, remedy };
}

/** The known issues of these questions. */
export function knownOf(book: Book, ids: readonly string[]): KnownEntry[] {
  return book.known.filter(({ answers }) => ids.some((id) => id in answers)).map((issue) => knownEntry(issue, book));
}

/** The known issues that an engine or a runtime tells in these words. Those of Kata only where its shim, its agent or a VMM spoke. */
export function issuesSaying(text: string, book: Book): KnownIssue[] {
  const layers = layersIn(text);
  const isOfVm = layers.includes('kata') || layers.includes('vmm');
  return book.known.filter(
    (issue) =>
      (isOfVm || !issue.where.some(({ text: where }) => /\bkata\b/i.test(where))) &&
      answersOf(issue, book).some(({ seen }) => isRefusal(seen) && seen.message.test(text)),
  );
}

function answersOf({ answers }: KnownIssue, book: Book): Answer[] {
  return questionsOf(book).flatMap(({ question }) =>
    (answers[question.id] ?? []).flatMap((name) => question.answers[name] ?? []),
  );
}

function words(needs: readonly Requirement[]): string {
  return [...new Set(needs.map(({ text }) => text))].join('; ');
}
