import type { Harm } from '../model/verdict.ts';
import type { Reading } from './reading.ts';
import type { Requirement } from './requirement.ts';

/** The readings of a question, by what they look at: `{ owner: ownerOf(block), mode: modeOf(block) }`. */
export type Readings = Record<string, Reading>;

type WordOf<R> = R extends Reading<infer Word> ? Word : never;

/** For every reading the word, or the words, that it has to say: an answer speaks of all that its question looks at. */
export type Row<R extends Readings = Readings> = { [Name in keyof R]: WordOf<R[Name]> | ReadonlyArray<WordOf<R[Name]>> };

/** The engine refused the pod, or the configuration, with these words, and with one of these calls where any are named. */
export interface Refusal {
  calls?: readonly string[];
  /** Where the status code of the call says it, it alone is judged; the words are for whoever has nothing but a text. */
  code?: string;
  message: RegExp;
}

/** One of the few things that can come out. */
export interface Answer<R extends Readings = Readings> {
  /** The same in a cell of a table, in a word or three, where the name does not read as an answer: `opens, 0666`. */
  short?: string;
  /** A sentence of what is so, without a full stop: `it belongs to runAsUser:runAsGroup, and opens`. */
  says: string;
  /** What it does to its user; nothing when absent. */
  harm?: Harm;
  /** How it shows; several rows are alternatives. */
  seen: Row<R> | ReadonlyArray<Row<R>> | Refusal;
}

/** Where an answer is what documents or source code say. */
export interface Documented<Name extends string = string> {
  answer: Name;
  /** All of these are met; none are needed where the list is empty. Of several entries the first that fits counts. */
  where: readonly Requirement[];
  /** Only on these scenarios. */
  on?: readonly string[];
  /** URL, or repository, version and file. */
  citation: string;
}

/** A question to the observations of some scenarios. Ids are stable. */
export interface Question<R extends Readings = Readings, Name extends string = string> {
  id: string;
  /** One sentence that ends in a question mark. */
  asks: string;
  /** Scenarios of the same suite; each gives an answer of its own. */
  on: readonly string[];
  needs?: readonly Requirement[];
  reads: R;
  answers: Record<Name, Answer<R>>;
  documented: ReadonlyArray<Documented<NoInfer<Name>>>;
}

/** A question as a suite writes it: `{ owned: blog }` is documented wherever the question is asked, and so is a row without `where`. */
interface Table<R extends Readings, Name extends string> extends Omit<Question<R, Name>, 'documented'> {
  documented:
    | Partial<Record<NoInfer<Name>, string>>
    | ReadonlyArray<Omit<Documented<NoInfer<Name>>, 'where'> & { where?: readonly Requirement[] }>;
}

/** A question as suites hold it: the words of its rows were checked against its readings by the compiler. */
export function question<const R extends Readings, Name extends string>({ documented, ...table }: Table<R, Name>): Question {
  const rows = Array.isArray(documented)
    ? documented.map((row: Documented) => ({ ...row, where: row.where ?? [] }))
    : Object.entries(documented).map(([answer, citation]) => ({ answer, where: [], citation }));
  return { ...table, documented: rows } as unknown as Question;
}

/** The pod is refused, or never started, with these words. */
export function refused(call: string | readonly string[], message: RegExp): Refusal {
  return { calls: typeof call === 'string' ? [call] : call, message };
}

/** The engine never answers this call. */
export function unanswered(call: string): Refusal {
  return { calls: [call], code: unansweredCode, message: /no answer within \d+ s|context deadline exceeded/ };
}

/** The status of a call whose deadline passed, whoever kept it: engine or podproof. */
export const unansweredCode = 'DEADLINE_EXCEEDED';

/** The engine does not take the configuration, and says these words. */
export function notTaken(message: RegExp): Refusal {
  return { message };
}

/** Runtimes set a container's devices up at CreateContainer or at StartContainer, as the engine calls them. */
export const atCreateOrStart = ['CreateContainer', 'StartContainer'];

export function isRefusal(seen: Answer['seen']): seen is Refusal {
  return 'message' in seen && seen.message instanceof RegExp;
}

/** The rows of an answer; none for a refusal. */
export function rowsOf({ seen }: Answer): readonly Row[] {
  if (isRefusal(seen)) return [];
  return Array.isArray(seen) ? (seen as readonly Row[]) : [seen as Row];
}

export function holds(row: Row[string], word: string | undefined): boolean {
  return word !== undefined && (typeof row === 'string' ? row === word : row.includes(word));
}
