import { versionLabel } from '../../model/matrix/pick.ts';
import type { Component, Vocabulary } from '../../model/term.ts';
import { harms, verdictNames } from '../../model/verdict.ts';
import { filterKeys, type FilterKey } from './filter.ts';
import type { Model } from './model.ts';

/** What a filter of this run may speak of. Cells are too many to guess one among them. */
export function vocabularyOf(model: Model): Vocabulary<FilterKey> {
  const names: Partial<Record<FilterKey, readonly string[]>> = {
    host: distinct(model.cells.map(({ host }) => host)),
    suite: distinct(model.rules.map(({ suite }) => suite)),
    rule: distinct(model.rules.map(({ id }) => id)),
    scenario: distinct([...new Set<number>(model.columns.scenario)].map((at) => model.texts[at])),
    answer: distinct(model.rules.flatMap(({ answers }) => answers.map(({ name }) => name))),
    harm: ['none', ...harms],
    verdict: verdictNames,
  };
  const engines = components(model.cells.map(({ engine }) => engine));
  const runtimes = components(model.cells.map(({ runtime }) => runtime));
  return {
    keys: filterKeys,
    names: (key) => names[key],
    components: (key) => (key === 'engine' ? engines : runtimes),
    origin: 'this run',
  };
}

function distinct(texts: ReadonlyArray<string | null | undefined>): string[] {
  return [...new Set(texts.filter((text) => typeof text === 'string'))];
}

function components(all: ReadonlyArray<Component | undefined>): Component[] {
  const named = all.filter((each) => each !== undefined);
  return [...new Map(named.map((each) => [`${each.name}@${versionLabel(each)}`, each])).values()];
}
