import type { Document } from '../model/document.ts';
import type { Matrix } from '../model/matrix/matrix.ts';
import {
  issuesSaying,
  knownEntry,
  knownOf,
  questionEntries,
  questionsOf,
  type Book,
  type KnownEntry,
  type QuestionEntry,
} from './book.ts';
import { cellEntry, type CellEntry } from './cell.ts';
import { answerFailure, asks, causeEntry, type CauseEntry } from './failure-answer.ts';
import { complaint, type Failure } from './reader/failure.ts';
import { read } from './reader/reading.ts';
import { recordedCell, recordedQuestions, type RecordedCell, type RecordedQuestion } from './recorded.ts';
import type { Wanted } from './narrow.ts';
import { standingsOf, type Standing } from './standing.ts';
import type { Symptom } from './symptoms/symptom.ts';
import { verdictEntry, type VerdictEntry } from './verdict.ts';
import type { Hit } from './words/find.ts';

/** The answer to one text. All but `text` and `failure` is ours. */
export interface Explanation {
  /** Untrusted, as it was given. */
  text: string;
  kind: 'question' | 'verdict' | 'cell' | 'known issue' | 'cause' | 'failure' | 'words' | 'unknown';
  /** The failure that is explained, or the last one that was read where none is. Untrusted. */
  failure?: Failure | undefined;
  verdict?: VerdictEntry;
  cell?: CellEntry;
  /** Best first; more than one where the text fits several. */
  causes: CauseEntry[];
  /** What words found, best first; of an unknown text what shares its object or errno. */
  found: Hit[];
  questions: QuestionEntry[];
  known: KnownEntry[];
  /** What recorded runs show of the questions: all of it for the one that was meant, what deviates for others. */
  recorded: RecordedQuestion[];
  /** Recorded runs of the cell, newest first. */
  runs: RecordedCell[];
  /** Of a text in words: what recorded runs answer to the first question that it is about. */
  standings: Standing[];
}

/** What answers are looked up in beside the book. */
export interface Sources {
  /** For cells only. */
  matrix?: Matrix | undefined;
  /** The recorded runs that tested versions are read from. */
  documents?: readonly Document[];
  /** Finds by words. */
  find?: ((query: string) => Hit[]) | undefined;
  /** The engine and the runtime whose answers are wanted. */
  engine?: Wanted | undefined;
  runtime?: Wanted | undefined;
}

/** What a question, a verdict, a cell, a known issue, a cause, the text of a failure, or words mean. Pure. */
export function explain(text: string, book: Book, sources: Sources = {}): Explanation {
  const { matrix, documents = [] } = sources;
  const word = text.trim();
  const question = questionsOf(book).find((each) => each.question.id === word.toUpperCase())?.question.id;
  if (question !== undefined)
    return {
      ...blank(text, 'question'),
      questions: questionEntries(book, [question]),
      known: knownOf(book, [question]),
      recorded: recordedQuestions(documents, [question]),
    };

  const verdict = verdictEntry(word.toLowerCase());
  if (verdict !== undefined) return { ...blank(text, 'verdict'), verdict };

  const issue = book.known.find(({ id }) => id === word.toLowerCase());
  if (issue !== undefined)
    return {
      ...blank(text, 'known issue'),
      questions: questionEntries(book, Object.keys(issue.answers)),
      known: [knownEntry(issue, book)],
      recorded: recordedQuestions(documents, Object.keys(issue.answers), ({ known }) => known.includes(issue.id)),
    };

  const symptom = book.symptoms.find(({ id }) => id === word.toLowerCase());
  if (symptom !== undefined)
    return {
      ...blank(text, 'cause'),
      causes: [causeEntry(symptom)],
      ...about(book, symptom.questions),
      recorded: recordedQuestions(documents, symptom.questions),
    };

  const cell = matrix && cellEntry(word, matrix, book);
  if (cell !== undefined) return { ...blank(text, 'cell'), ...cell, runs: recordedCell(documents, word) };

  const failure = answerFailure(text, book.symptoms);
  if (failure !== undefined) {
    const questions = failure.causes[0]?.questions ?? [];
    const recorded = recordedQuestions(documents, questions);
    return { ...blank(text, 'failure'), ...failure, ...about(book, questions), recorded };
  }

  // What an engine or runtime says where an issue is known.
  const line = text.slice(0, 16_384).replace(/\s+/g, ' ').trim();
  const observed = issuesSaying(line, book).map((each) => knownEntry(each, book));
  if (observed.length > 0) {
    const ids = [...new Set(observed.flatMap(({ questions }) => questions))];
    return {
      ...blank(text, 'known issue'),
      questions: questionEntries(book, ids),
      known: observed,
      recorded: recordedQuestions(documents, ids, ({ known }) => observed.some(({ id }) => known.includes(id))),
    };
  }
  return byWords(text, book, sources);
}

/** A text that no cause fits: words that somebody asks for, or a failure that is unknown. */
function byWords(text: string, book: Book, sources: Sources): Explanation {
  const { find = () => [] } = sources;
  const failure = read(text).failures.findLast(
    ({ errno, object }, index, all) => errno !== undefined || object !== undefined || index === all.length - 1,
  );
  const isOneWord = !/\s/.test(text.trim());
  const tellsFailure =
    !isOneWord &&
    !asks(text) &&
    failure !== undefined &&
    (failure.errno !== undefined || (/[:/]/.test(text) && complaint.test(text)));
  if (!tellsFailure && text.length <= 400) {
    const answered = answerOf(find(text), text, sources);
    if (answered !== undefined) {
      const { found, question, standings } = answered;
      const [first] = found;
      const shown = new Set([...(first?.kind === 'known issue' ? [first.id] : []), ...standings.flatMap(({ known }) => known)]);
      return {
        ...blank(text, 'words'),
        found,
        causes: book.symptoms.filter(({ id }) => first?.kind === 'cause' && id === first.id).map(causeEntry),
        questions: questionEntries(book, question === undefined ? [] : [question]),
        known: book.known.filter(({ id }) => shown.has(id)).map((each) => knownEntry(each, book)),
        standings,
      };
    }
  }
  const near = book.symptoms.filter((symptom) => shares(symptom, failure)).slice(0, 3);
  return { ...blank(text, 'unknown'), failure, causes: near.map(causeEntry) };
}

/** What was found, with what recorded runs answer. Who asks in a sentence is answered by a question that fits nearly as well as the best, and was answered where he asks. */
function answerOf(
  hits: readonly Hit[],
  text: string,
  { documents = [], engine, runtime }: Sources,
): (Pick<Explanation, 'found' | 'standings'> & { question: string | undefined }) | undefined {
  const [best] = hits;
  if (best === undefined) return undefined;
  const inSentence = asks(text) || best.kind === 'question';
  const fitting = hits.filter(({ kind, score }) => inSentence && kind === 'question' && score >= best.score / 2);
  const by = (hit: Hit) => {
    const [question] = hit.questions;
    const standings = question === undefined ? [] : standingsOf(documents, question, { query: text, engine, runtime });
    return { found: [hit, ...hits.filter((each) => each !== hit)], question, standings };
  };
  // A question is looked up in all recorded runs: those behind the one that answers are not.
  for (const hit of fitting) {
    const answer = by(hit);
    if (answer.standings.length > 0) return answer;
  }
  return by(best);
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

function about(book: Book, questions: readonly string[]): Pick<Explanation, 'questions' | 'known'> {
  return { questions: questionEntries(book, questions), known: knownOf(book, questions) };
}

function blank(text: string, kind: Explanation['kind']): Explanation {
  return { text, kind, causes: [], found: [], questions: [], known: [], recorded: [], runs: [], standings: [] };
}
