import { glob } from './glob.ts';
import { type Flavour, versionLabel } from './matrix/pick.ts';
import { someOf, unknownWord } from './matrix/suggest.ts';
import { parseVersionTerm } from './version-term.ts';

/** An engine or a runtime. */
export interface Component extends Flavour {
  name: string;
}

/** One word of a filter, `question=RVMM-*,OWN-ON`: it holds for whatever one of its values matches. */
export interface Term<Key extends string> {
  key: Key;
  /** A component for the keys `engine` and `runtime`, a text for all others. */
  matches: (subject: string | Component) => boolean;
  /** Says which of its values matches nothing that is known: a slip, most likely. */
  unknown?: string;
}

/** What a filter is about. Names are checked only where they are known in advance. */
export interface Vocabulary<Key extends string> {
  /** In the order in which they are listed. */
  keys: readonly Key[];
  names: (key: Key) => readonly string[] | undefined;
  components: (key: 'engine' | 'runtime') => readonly Component[] | undefined;
  /** Where the components are from, in words: `the matrix`. */
  origin: string;
}

/** A value of a term, and what is wrong with it where it matches nothing. */
type Value = Omit<Term<string>, 'key'>;

/** Reads one word; a text says why it cannot be read. Undefined where the word is not of the form `key=value`. */
export function parseTerm<Key extends string>(word: string, vocabulary: Vocabulary<Key>): Term<Key> | string | undefined {
  const [, name, rest] = /^([^=<>]*)=(.*)$/s.exec(word) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const key = vocabulary.keys.find((each) => each === name.toLowerCase());
  if (key === undefined) return unknownWord('key', name, vocabulary.keys);
  const values: Value[] = [];
  for (const text of rest.split(',')) {
    if (text === '') return `a value is empty; expected ${key}=value or ${key}=value,value`;
    const value = isAxis(key) ? componentValue(key, text, vocabulary) : nameValue(key, text, vocabulary.names(key));
    if (typeof value === 'string') return value;
    values.push(value);
  }
  const unknown = values.find((value) => value.unknown !== undefined)?.unknown;
  const matches = (subject: string | Component): boolean => values.some((value) => value.matches(subject));
  return unknown === undefined ? { key, matches } : { key, matches, unknown };
}

function isAxis(key: string): key is 'engine' | 'runtime' {
  return key === 'engine' || key === 'runtime';
}

function nameValue(key: string, text: string, known: readonly string[] | undefined): Value {
  const matches = glob(text);
  const value: Value = { matches: (subject) => typeof subject === 'string' && matches(subject) };
  return known === undefined || known.some(matches) ? value : { ...value, unknown: unknownWord(key, text, known) };
}

/** A version that no component has is a slip as much as a name is. */
function componentValue<Key extends string>(
  key: 'engine' | 'runtime',
  text: string,
  { components, origin }: Vocabulary<Key>,
): Value | string {
  const term = parseVersionTerm(text);
  if (typeof term === 'string') return term;
  const matches = (subject: string | Component): boolean => typeof subject !== 'string' && term.matches(subject.name, subject);
  const known = components(key);
  if (known === undefined || known.some(matches)) return { matches };
  const named = known.filter(({ name }) => glob(term.name)(name));
  if (named.length === 0) return { matches, unknown: unknownWord(key, term.name, [...new Set(known.map(({ name }) => name))]) };
  const versions = named.map((each) => `${each.name}@${versionLabel(each)}`);
  return { matches, unknown: `no version of ${origin} matches ${JSON.stringify(text)}; it has ${someOf(versions)}` };
}
