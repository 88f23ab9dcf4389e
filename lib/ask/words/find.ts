import { distinctBy } from '../../util/group-by.ts';
import MiniSearch, { type Options, type SearchResult } from 'minisearch';

/** Something that can be found by words. */
export interface Entry {
  id: string;
  kind: 'question' | 'known issue' | 'cause' | 'setting' | 'term' | 'errno';
  title: string;
  /** Other names by which it is meant. */
  names: string;
  /** All else that is said of it. */
  text: string;
  /** Ids of the questions whose answers tell of it. */
  questions: readonly string[];
}

/** An entry that was found, and how well it fits: of one query only. */
export interface Hit extends Pick<Entry, 'id' | 'kind' | 'title' | 'text' | 'questions'> {
  score: number;
}

const options: Options<Entry> = {
  fields: ['id', 'title', 'names', 'text'],
  storeFields: ['id', 'kind', 'title', 'text', 'questions'],
  tokenize: (text) => wordsOf(text).flatMap(({ whole, joined, parts }) => [...new Set([whole, ...joined, ...parts])]),
  processTerm: (term) => (stop.has(term) ? undefined : stem(term)),
};

/** The index of these entries. It needs nothing but a JavaScript engine, so that a page has the same as the command line. */
export function indexOf(entries: readonly Entry[]): MiniSearch<Entry> {
  const index = new MiniSearch<Entry>(options);
  index.addAll(distinctBy(entries, ({ id }) => id));
  return index;
}

/** What of a query an answer must have: of its words, each weighed by how rare it is. */
const share = 0.5;
/** A name that is exactly what was asked comes before all that speak of it. */
const boost = { id: 6, names: 4, title: 3, text: 1 };
/** What a part of a name is worth beside the whole: `root` of `non-root`. */
const partial = 0.6;

/** What fits a query best, best first; empty where too little of it is known. */
export function find(index: MiniSearch<Entry>, query: string, most = 6): Hit[] {
  const words = wordsOf(query)
    .filter(({ whole }) => !versionNumber.test(whole))
    .map(({ whole, joined, parts }) => ({ names: terms([whole, ...joined]), parts: parts.length > 1 ? terms(parts) : [] }))
    .filter(({ names, parts }) => names.length + parts.length > 0);
  if (words.length === 0 || words.length > 40) return [];
  const results = index.search(query, {
    boost,
    prefix: (term) => term.length > 4,
    fuzzy: (term) => (term.length > 6 ? 0.15 : false),
    bm25: { k: 1.2, b: 0.4, d: 0.5 },
  });
  const held = results.map(({ queryTerms }) => words.map((word) => heldOf(word, new Set(queryTerms))));
  const weights = words.map((_, nth) => {
    const speakOfIt = held.reduce((sum, each) => sum + (each[nth] ?? 0), 0);
    return Math.log(1 + index.documentCount / (1 + speakOfIt));
  });
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return results
    .map((result, at) => {
      const covered = weights.reduce((sum, weight, nth) => sum + weight * (held[at]?.[nth] ?? 0), 0) / all;
      return { result, covered, score: result.score * covered ** 2 };
    })
    .filter(({ covered }) => covered >= share)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ result, score }) => ({ ...stored(result), score }));
}

function heldOf({ names, parts }: { names: readonly string[]; parts: readonly string[] }, found: ReadonlySet<string>): number {
  if (names.some((name) => found.has(name))) return 1;
  return parts.length === 0 ? 0 : (partial * parts.filter((part) => found.has(part)).length) / parts.length;
}

/** What the index keeps of each entry comes back as it was put in. */
function stored(result: SearchResult): Omit<Hit, 'score'> {
  const { id, kind, title, text, questions } = result as SearchResult & Entry;
  return { id, kind, title, text, questions };
}

/** A word as it is written, its parts written together, and its parts. `0666` and `mode 000` are words too. */
function wordsOf(text: string): Array<{ whole: string; joined: string[]; parts: string[] }> {
  const words = text.toLowerCase().match(/[\p{L}\d][\p{L}\d_.+/-]*/gu) ?? [];
  return words.map((word) => {
    const whole = word.replace(/[.+/-]+$/, '');
    const parts = whole.split(/[_.+/-]+/).filter((part) => part !== '');
    return { whole, joined: parts.length > 1 ? [parts.join('')] : [], parts };
  });
}

function terms(words: readonly string[]): string[] {
  return words.filter((word) => !stop.has(word)).map(stem);
}

function stem(word: string): string {
  return word.replace(/(?<=\w{3})(?:ies|y)$/, 'i').replace(/(?<=[a-z]{3})(?:es|s|ed|ing)$/, '');
}

/** Words that say nothing of what is asked for, and those by which people ask. */
const stop = new Set(
  `a an and are as at be by can does do for from has have how i in is it its me my no not of on or that the their this to was
  what when where which who why will with you your
  about affect affected change changed changes fix help know knows need needs safe still support supported supports use used
  version versions work works workaround`.split(/\s+/),
);
/** `2.4` beside a name: what is found has its range, and seldom that very number. */
const versionNumber = /^v?\d+(?:\.\d+)+$/;
