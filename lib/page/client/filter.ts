import { parseTerm, type Term, type Vocabulary } from '../../model/term.ts';

export const filterKeys = [
  'host',
  'engine',
  'runtime',
  'cell',
  'suite',
  'question',
  'scenario',
  'answer',
  'harm',
  'verdict',
] as const;
export type FilterKey = (typeof filterKeys)[number];

export interface Filter {
  terms: Array<Term<FilterKey>>;
  /** In lower case. */
  words: string[];
  /** One sentence for each word that cannot be read, which is left out, and for each that matches nothing in this run. */
  problems: string[];
}

/** Reads the grammar of `--only`, with `verdict=` and free words beside it. */
export function parseFilter(text: string, vocabulary: Vocabulary<FilterKey>): Filter {
  const filter: Filter = { terms: [], words: [], problems: [] };
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const term = parseTerm(word, vocabulary);
    const problem = typeof term === 'string' ? term : term?.unknown;
    if (problem !== undefined) filter.problems.push(`${word}: ${problem}`);
    if (term === undefined) filter.words.push(word.toLowerCase());
    else if (typeof term !== 'string') filter.terms.push(term);
  }
  return filter;
}
