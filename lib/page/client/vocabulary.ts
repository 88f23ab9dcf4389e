import type { Component, Vocabulary } from '../../model/term.ts';
import { harms, verdictNames } from '../../model/verdict.ts';
import { filterKeys, type FilterKey } from './filter.ts';
import type { Model } from './model.ts';

/** What a filter of this run may speak of, gathered when it is asked for. Cells are too many to guess one among them. */
export function vocabularyOf({ cells, questions, texts, columns }: Model): Vocabulary<FilterKey> {
  const names: Partial<Record<FilterKey, () => readonly string[]>> = {
    host: () => distinct(cells.map(({ host }) => host)),
    suite: () => distinct(questions.map(({ suite }) => suite)),
    question: () => distinct(questions.map(({ id }) => id)),
    scenario: () => {
      const used = new Uint8Array(texts.length);
      for (const at of columns.scenario) used[at] = 1;
      return distinct(texts.filter((_, at) => used[at] === 1));
    },
    answer: () => distinct(questions.flatMap(({ answers }) => answers.map(({ name }) => name))),
    harm: () => ['none', ...harms],
    verdict: () => verdictNames,
  };
  return {
    keys: filterKeys,
    names: (key) => names[key]?.(),
    components: (key) => distinctComponents(cells.map((cell) => cell[key])),
    origin: 'this run',
  };
}

function distinct(texts: ReadonlyArray<string | null | undefined>): string[] {
  return [...new Set(texts.filter((text) => typeof text === 'string'))];
}

function distinctComponents(all: ReadonlyArray<Component | undefined>): Component[] {
  const named = all.filter((each) => each !== undefined);
  const byLabel = new Map(named.map((each) => [[each.name, each.version, each.shim, each.vmm].join('\n'), each]));
  return [...byLabel.values()];
}
