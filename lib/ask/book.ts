import type { KnownIssue } from '../suite/known-issue.ts';
import type { Requirement } from '../suite/requirement.ts';
import type { Rule } from '../suite/rule.ts';
import type { Suite } from '../suite/suite.ts';
import type { Symptom } from './symptoms/symptom.ts';

/** All that explanations are looked up in. */
export interface Book {
  suites: readonly Suite[];
  known: readonly KnownIssue[];
  symptoms: readonly Symptom[];
}

export interface RuleEntry {
  id: string;
  suite: string;
  title: string;
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
  rules: string[];
  /** Where it happens, in words. */
  range: string;
  security: boolean;
}

/** Every rule of the book with the suite that it stands in. */
export function rulesOf(book: Book): Array<{ suite: Suite; rule: Rule }> {
  return book.suites.flatMap((suite) => suite.rules.map((rule) => ({ suite, rule })));
}

/** These rules in the order of the ids; an id that no suite has is left out. */
export function ruleEntries(book: Book, ids: readonly string[]): RuleEntry[] {
  const rules = rulesOf(book);
  return ids.flatMap((id) => rules.filter(({ rule }) => rule.id === id).map(({ suite, rule }) => ruleEntry(suite, rule)));
}

function ruleEntry(suite: Suite, rule: Rule): RuleEntry {
  const on = suite.scenarios.filter((scenario) => rule.on.includes(scenario.id));
  const needs = [...(rule.needs ?? []), ...shared(on.map((scenario) => scenario.needs ?? []))];
  return {
    id: rule.id,
    suite: suite.id,
    title: rule.title,
    citation: rule.citation,
    applies: words(needs) || 'every engine and runtime',
    pods: on.map((scenario) => scenario.title),
  };
}

/** The requirements that all the scenarios have. */
function shared(needs: ReadonlyArray<readonly Requirement[]>): Requirement[] {
  const [first = [], ...others] = needs;
  return first.filter(({ text }) => others.every((other) => other.some((need) => need.text === text)));
}

export function knownEntry(issue: KnownIssue): KnownEntry {
  const { id, title, url, rules } = issue;
  return { id, title, url, rules, range: words(issue.on), security: issue.security === true };
}

/** The recorded deviations of these rules. */
export function knownOf(book: Book, ids: readonly string[]): KnownEntry[] {
  return book.known.filter((issue) => issue.rules.some((rule) => ids.includes(rule))).map(knownEntry);
}

function words(needs: readonly Requirement[]): string {
  return [...new Set(needs.map(({ text }) => text))].join('; ');
}
