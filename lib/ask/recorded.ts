import { distinctBy } from '../util/group-by.ts';
import type { Document } from '../model/document.ts';
import { count, countsText } from '../model/verdict.ts';
import type { Answer } from '../report/answer.ts';
import { history, type Track } from '../report/history.ts';
import { answerText, runtimeText, turnText } from '../report/history-text.ts';
import { rangeText } from '../report/ranges.ts';
import { narrowRange, type Wanted } from './narrow.ts';

/** What recorded runs show of one question. */
export interface RecordedQuestion {
  question: string;
  /** Tested versions and what was so with them. */
  ranges: Array<{
    engine: string;
    engines: string[];
    runtime: string;
    runtimes: string[];
    answer: Answer['verdict'];
    known: string[];
  }>;
  /** The same in sentences, with first bad and first good versions. */
  lines: string[];
}

/** What one recorded run shows of a cell. */
export interface RecordedCell {
  run: string;
  started: string;
  verdicts: string;
  /** Questions that deviate, with their known issues. */
  deviates: Array<{ question: string; known?: string | undefined }>;
}

/** The questions in the order of `ids`; tracks to which `about` says no are left out, and those to which a question does not apply. */
export function recordedQuestions(
  documents: readonly Document[],
  ids: readonly string[],
  about: (answer: Answer) => boolean = () => true,
): RecordedQuestion[] {
  if (documents.length === 0 || ids.length === 0) return [];
  const tracks = tracksOf(documents, ids);
  return ids.flatMap((question): RecordedQuestion[] => {
    const own = tracks.filter(
      (track) => track.question === question && track.ranges.some(({ value }) => isTold(value) && about(value)),
    );
    if (own.length === 0) return [];
    const [ranges, lines] = [own.flatMap((track) => rangesOf(track, about)), own.flatMap((track) => linesOf(track, about))];
    return [{ question, ranges, lines }];
  });
}

/** The history of these questions alone: that of all takes longer than an answer may. */
export function tracksOf(documents: readonly Document[], ids: readonly string[]): Track[] {
  const about = documents.map((document) => ({
    ...document,
    verdicts: document.verdicts.filter(({ question }) => ids.includes(question)),
  }));
  return history(about).tracks;
}

/** The recorded ranges of this engine and runtime, with the versions that are meant. */
export function narrowRecorded(
  recorded: readonly RecordedQuestion[],
  engine: Wanted | undefined,
  runtime: Wanted | undefined,
): RecordedQuestion[] {
  return recorded.flatMap((question): RecordedQuestion[] => {
    const ranges = question.ranges.flatMap((range) => narrowRange(range, range, { engine, runtime }));
    return ranges.length === 0 ? [] : [{ ...question, ranges, lines: rangeLines(ranges) }];
  });
}

/** Every recorded run of a cell, newest first. */
export function recordedCell(documents: readonly Document[], cell: string): RecordedCell[] {
  return documents
    .filter(({ cells }) => cells.some(({ id }) => id === cell))
    .map(({ run, verdicts }) => {
      const own = verdicts.filter((verdict) => verdict.cell === cell);
      const bad = own.filter(({ verdict }) => verdict === 'known' || verdict === 'fail');
      const deviates = bad.map(({ question, known }) => ({ question, known }));
      return {
        run: run.id,
        started: run.started,
        verdicts: countsText(count(own.map(({ verdict }) => verdict))),
        deviates: distinctBy(deviates, ({ question, known = '' }) => `${question} ${known}`),
      };
    })
    .sort((a, b) => (a.started < b.started ? 1 : -1));
}

function rangesOf(track: Track, about: (answer: Answer) => boolean): RecordedQuestion['ranges'] {
  return track.ranges
    .filter(({ value }) => isTold(value) && about(value))
    .map(({ engines, runtimes, value }) => ({
      engine: track.engine,
      engines,
      runtime: track.runtime,
      runtimes,
      answer: value.verdict,
      known: value.known,
    }));
}

function linesOf(track: Track, about: (answer: Answer) => boolean): string[] {
  return [...rangeLines(rangesOf(track, about)), ...track.turns.map((turn) => turnText(track, turn))];
}

function rangeLines(ranges: RecordedQuestion['ranges']): string[] {
  return ranges.map(
    ({ engine, engines, runtime, runtimes, answer, known }) =>
      `${engine} ${rangeText(engines)} with ${runtimeText(runtime, rangeText(runtimes))}: ${answerText({ verdict: answer, known })}`,
  );
}

function isTold({ verdict }: Answer): boolean {
  return verdict !== 'unsupported';
}
