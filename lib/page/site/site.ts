import type { Document } from '../../model/document.ts';
import { componentPage } from './component-page.ts';
import { gatherFacts, runtimeName, slug, type Guide } from './facts.ts';
import { indexPage, proofPage } from './index-page.ts';
import { rulePage } from './rule-page.ts';

export type { Guide };

/**
 * Pages that answer "can I use this with that?" from the recorded runs of any plans: path → text. One for each rule, engine
 * and runtime. Pure; the same for the same runs in any order.
 */
export function renderSite(documents: readonly Document[], guide: Guide): Map<string, string> {
  const facts = gatherFacts(documents, guide);
  const engines = new Set(facts.pairings.map(({ engine }) => engine));
  const runtimes = new Set(facts.pairings.map(({ runtime }) => runtimeName(runtime)));
  return new Map([
    ['index.html', indexPage(facts)],
    ['proof.html', proofPage(facts)],
    ...facts.rules.map((rule): [string, string] => [`rules/${slug(rule.id)}.html`, rulePage(rule, facts)]),
    ...[...engines].map((name): [string, string] => [`engines/${slug(name)}.html`, componentPage('engine', name, facts)]),
    ...[...runtimes].map((name): [string, string] => [`runtimes/${slug(name)}.html`, componentPage('runtime', name, facts)]),
  ]);
}
