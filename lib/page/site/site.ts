import type { Document } from '../../model/document.ts';
import { componentPage } from './component-page.ts';
import { gatherFacts, runPath, runtimeName, slug, type Guide } from './facts.ts';
import { indexPage, proofPage } from './index-page.ts';
import { questionPage } from './question-page.ts';

export { siteBadges } from './badges.ts';
export { runPath, type Guide };

/**
 * Pages that answer "can I use this with that?" from the recorded runs of any plans: path → text. One for each question, engine
 * and runtime; they lead to one for each run, at its `runPath`. Pure; the same for the same runs in any order.
 */
export function renderSite(documents: readonly Document[], guide: Guide): Map<string, string> {
  const facts = gatherFacts(documents, guide);
  const engines = new Set(facts.pairings.map(({ engine }) => engine));
  const runtimes = new Set(facts.pairings.map(({ runtime }) => runtimeName(runtime)));
  return new Map([
    ['index.html', indexPage(facts)],
    ['proof.html', proofPage(facts)],
    ...facts.questions.map((question): [string, string] => [
      `questions/${slug(question.id)}.html`,
      questionPage(question, facts),
    ]),
    ...[...engines].map((name): [string, string] => [`engines/${slug(name)}.html`, componentPage('engine', name, facts)]),
    ...[...runtimes].map((name): [string, string] => [`runtimes/${slug(name)}.html`, componentPage('runtime', name, facts)]),
  ]);
}
