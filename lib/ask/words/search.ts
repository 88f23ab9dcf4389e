import MiniSearch, { type Options } from 'minisearch';
import type { Book } from '../book.ts';
import { entriesOf, type Entry } from './entries.ts';

/** What an index is built and loaded with: both must be given the same. */
export const indexOptions: Options<Entry> = {
  fields: ['id', 'title', 'names', 'text'],
  storeFields: ['id', 'kind', 'title', 'text'],
  tokenize: tokens,
  processTerm: (term) => (stop.has(term) ? undefined : stem(term)),
};

/** The index of all that can be found by words. Its JSON may be shipped to a page and loaded there with `indexOptions`. */
export function buildIndex(book: Book): MiniSearch<Entry> {
  const index = new MiniSearch<Entry>(indexOptions);
  const unique = new Map(entriesOf(book).map((entry) => [entry.id, entry]));
  index.addAll([...unique.values()]);
  return index;
}

export interface Hit {
  id: string;
  kind: Entry['kind'];
  title: string;
  text: string;
  score: number;
}

/** How many of the words of a query an answer must have. */
const share = 0.6;
/** A name that is exactly what was asked stands before all that speak of it. */
const boost = { id: 6, names: 4, title: 3, text: 1 };

/** What fits a query best, best first; empty where too few of its words are known. */
export function find(index: MiniSearch<Entry>, query: string, most = 6): Hit[] {
  const words = [
    ...new Set(
      tokens(query)
        .filter((word) => !stop.has(word))
        .map(stem),
    ),
  ];
  if (words.length === 0 || words.length > 40) return [];
  return index
    .search(query, {
      boost,
      prefix: (term) => term.length > 4,
      fuzzy: (term) => (term.length > 6 ? 0.15 : false),
      bm25: { k: 1.2, b: 0.4, d: 0.5 },
    })
    .filter(({ queryTerms }) => new Set(queryTerms).size >= share * words.length)
    .sort((a, b) => b.queryTerms.length - a.queryTerms.length || b.score - a.score)
    .slice(0, most)
    .map((found): Hit => {
      const { id, kind, title, text } = found as unknown as Entry;
      return { id, kind, title, text, score: found.score };
    });
}

/** Words; a name with underscores, dots or dashes is found whole and by its parts. `0666` and `mode 000` are words too. */
function tokens(text: string): string[] {
  const whole = text.toLowerCase().match(/[\p{L}\d][\p{L}\d_.+/-]*/gu) ?? [];
  return whole.flatMap((word) => {
    const bare = word.replace(/[.+/-]+$/, '');
    const parts = bare.split(/[_.+/-]+/).filter((part) => part !== '');
    return parts.length > 1 ? [bare, parts.join(''), ...parts] : [bare];
  });
}

function stem(word: string): string {
  return word.replace(/(?<=\w{3})(?:ies|y)$/, 'i').replace(/(?<=[a-z]{3})(?:es|s|ed|ing)$/, '');
}

const stop = new Set(
  'a an and are as at be by can does do for from has have how i in is it its me my no not of on or that the their this to was what when where which who why will with you your'.split(
    ' ',
  ),
);
