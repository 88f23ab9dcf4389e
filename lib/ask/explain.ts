import type { Document } from '../model/document.ts';
import type { Matrix } from '../model/matrix/matrix.ts';
import { issuesSaying, knownEntry, knownOf, ruleEntries, rulesOf, type Book, type KnownEntry, type RuleEntry } from './book.ts';
import { cellEntry, type CellEntry } from './cell.ts';
import { answerFailure, causeEntry, type CauseEntry } from './failure-answer.ts';
import { complaint, type Failure } from './reader/failure.ts';
import { read } from './reader/reading.ts';
import { recordedCell, recordedRules, type RecordedCell, type RecordedRule } from './recorded.ts';
import type { Symptom } from './symptoms/symptom.ts';
import { verdictEntry, type VerdictEntry } from './verdict.ts';
import type { Hit } from './words/search.ts';

/** The answer to one text. All but `text` and `failure` is ours. */
export interface Explanation {
  /** Untrusted, as it was given. */
  text: string;
  kind: 'rule' | 'verdict' | 'cell' | 'known issue' | 'cause' | 'failure' | 'words' | 'unknown';
  /** The failure that is explained, or the last one that was read where none is. Untrusted. */
  failure?: Failure;
  verdict?: VerdictEntry;
  cell?: CellEntry;
  /** Best first; more than one where the text fits several. */
  causes: CauseEntry[];
  /** What words found, best first; of an unknown text what shares its object or errno. */
  found: Hit[];
  rules: RuleEntry[];
  known: KnownEntry[];
  /** What recorded runs show of the rules: all of it for the one that was meant, what deviates for others. */
  recorded: RecordedRule[];
  /** Recorded runs of the cell, newest first. */
  runs: RecordedCell[];
}

/** What answers are looked up in beside the book. */
export interface Sources {
  /** For cells only. */
  matrix?: Matrix | undefined;
  /** The recorded runs that tested versions are read from. */
  documents?: readonly Document[];
  /** Finds by words. */
  find?: ((query: string) => Hit[]) | undefined;
}

/** What a rule, a verdict, a cell, a known issue, a cause, the text of a failure, or words mean. Pure. */
export function explain(text: string, book: Book, { matrix, documents = [], find = () => [] }: Sources = {}): Explanation {
  const word = text.trim();
  const rule = rulesOf(book).find((each) => each.rule.id === word.toUpperCase())?.rule.id;
  if (rule !== undefined)
    return {
      ...blank(text, 'rule'),
      rules: ruleEntries(book, [rule]),
      known: knownOf(book, [rule]),
      recorded: recordedRules(documents, [rule]),
    };

  const verdict = verdictEntry(word.toLowerCase());
  if (verdict !== undefined) return { ...blank(text, 'verdict'), verdict };

  const issue = book.known.find(({ id }) => id === word.toLowerCase());
  if (issue !== undefined)
    return {
      ...blank(text, 'known issue'),
      rules: ruleEntries(book, Object.keys(issue.answers)),
      known: [knownEntry(issue, book)],
      recorded: recordedRules(documents, Object.keys(issue.answers), ({ known }) => known.includes(issue.id)),
    };

  const symptom = book.symptoms.find(({ id }) => id === word.toLowerCase());
  if (symptom !== undefined)
    return {
      ...blank(text, 'cause'),
      causes: [causeEntry(symptom)],
      ...about(book, symptom.questions),
      recorded: recordedRules(documents, symptom.questions),
    };

  const cell = matrix && cellEntry(word, matrix, book);
  if (cell !== undefined) return { ...blank(text, 'cell'), ...cell, runs: recordedCell(documents, word) };

  const failure = answerFailure(text, book.symptoms);
  if (failure !== undefined) {
    const questions = failure.causes[0]?.questions ?? [];
    return { ...blank(text, 'failure'), ...failure, ...about(book, questions), recorded: recordedRules(documents, questions) };
  }

  // What an engine or runtime says where an issue is known.
  const line = text.slice(0, 16_384).replace(/\s+/g, ' ').trim();
  const observed = issuesSaying(line, book).map((each) => knownEntry(each, book));
  if (observed.length > 0) {
    const ids = [...new Set(observed.flatMap(({ rules }) => rules))];
    return {
      ...blank(text, 'known issue'),
      rules: ruleEntries(book, ids),
      known: observed,
      recorded: recordedRules(documents, ids, ({ known }) => observed.some(({ id }) => known.includes(id))),
    };
  }
  return byWords(text, book, find);
}

/** A text that no cause fits: words that somebody asks for, or a failure that is unknown. */
function byWords(text: string, book: Book, find: (query: string) => Hit[]): Explanation {
  const failure = read(text).failures.findLast(
    ({ errno, object }, index, all) => errno !== undefined || object !== undefined || index === all.length - 1,
  );
  const isOneWord = !/\s/.test(text.trim());
  const tellsFailure =
    !isOneWord && failure !== undefined && (failure.errno !== undefined || (/[:/]/.test(text) && complaint.test(text)));
  if (!tellsFailure && text.length <= 400) {
    const found = find(text);
    if (found.length > 0) return { ...blank(text, 'words'), found };
  }
  const near = book.symptoms.filter((symptom) => shares(symptom, failure)).slice(0, 3);
  return { ...blank(text, 'unknown'), ...(failure === undefined ? {} : { failure }), causes: near.map(causeEntry) };
}

/** Whether a cause is known by the same errno and by an object like this one. */
function shares({ signs }: Symptom, failure: Failure | undefined): boolean {
  const { errno, object } = failure ?? {};
  return signs.some(
    (sign) =>
      (object !== undefined &&
        sign.object?.test(object) === true &&
        (errno === undefined || sign.errno === undefined || sign.errno.includes(errno))) ||
      (errno !== undefined &&
        sign.weight >= 6 &&
        sign.errno?.includes(errno) === true &&
        sign.object === undefined &&
        sign.says === undefined &&
        sign.near === undefined),
  );
}

function about(book: Book, questions: readonly string[]): Pick<Explanation, 'rules' | 'known'> {
  return { rules: ruleEntries(book, questions), known: knownOf(book, questions) };
}

function blank(text: string, kind: Explanation['kind']): Explanation {
  return { text, kind, causes: [], found: [], rules: [], known: [], recorded: [], runs: [] };
}
