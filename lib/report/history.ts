import { shortAnswer } from '../model/short-answer.ts';
import { type Cell, type Document, type QuestionText, type Verdict, verdictId } from '../model/document.ts';
import { type VerdictName, worstOf } from '../model/verdict.ts';
import { distinctBy, groupBy } from '../util/group-by.ts';
import { type Answer, answerOf, isBad, harmRank, sameAnswer, type Seen } from './answer.ts';
import { flavourOf } from '../model/flavour.ts';
import { naturalOrder, plainOrder } from './order.ts';
import { collapsePairs, type PairRange } from './ranges.ts';
import { type Point, type Turn, turns } from './turns.ts';

/** One question under one engine with one flavour of a runtime, over all tested versions. */
export interface Track {
  suite: string;
  question: string;
  /** The question in its newest words; the id again where no run has them. */
  asks: string;
  /** Name of the engine: `containerd`. */
  engine: string;
  /** Name of the runtime with its flavour: `kata go qemu`. */
  runtime: string;
  ranges: Array<PairRange<Answer>>;
  turns: Turn[];
}

export interface History {
  /** The number of this shape. */
  schema: typeof historySchema;
  /** Oldest first. */
  runs: Array<{ id: string; started: string; profile: string; podproof: string }>;
  tracks: Track[];
  events: Event[];
}

/** Schema 1 has verdicts and no answers. */
export const historySchema = 2;

/** Recorded answers of many runs of any plans, by question, engine and runtime, over versions and over time. Pure. */
export function history(documents: readonly Document[]): History {
  const runs = oldestFirst(documents);
  return {
    schema: historySchema,
    runs: runs.map(({ run: { id, started, profile, podproof } }) => ({ id, started, profile, podproof })),
    tracks: tracks(runs),
    events: events(runs),
  };
}

/** Each run once, however often it is named; the same whatever the order in which they are named. */
export function oldestFirst(documents: readonly Document[]): Document[] {
  const distinct = new Map(documents.map((document) => [`${document.run.started} ${document.run.id}`, document]));
  return [...distinct.values()].sort((a, b) => plainOrder(a.run.started, b.run.started) || naturalOrder(a.run.id, b.run.id));
}

/** The newest verdict of each id that says something of the software: what never came up, or was the wrong thing, says nothing. */
export function newestVerdicts(runs: readonly Document[]): Array<{ verdict: Verdict; cell: Cell; run: Document['run'] }> {
  const newest = new Map<string, { verdict: Verdict; cell: Cell; run: Document['run'] }>();
  for (const { cells, verdicts, run } of runs) {
    const byId = new Map(cells.map((cell) => [cell.id, cell]));
    for (const verdict of verdicts) {
      const cell = byId.get(verdict.cell);
      if (cell !== undefined && answerOf(verdict.verdict) !== undefined) newest.set(verdictId(verdict), { verdict, cell, run });
    }
  }
  return [...newest.values()];
}

/** The newest wording of every question, by suite and id. */
function newestWording(runs: readonly Document[]): Map<string, QuestionText> {
  return new Map(
    runs.flatMap(({ questions }) => questions.map((question) => [questionKey(question.suite, question.id), question])),
  );
}

function questionKey(suite: string, question: string): string {
  return JSON.stringify([suite, question]);
}

function tracks(runs: readonly Document[]): Track[] {
  const rows = newestVerdicts(runs);
  const wording = newestWording(runs);
  const groups = groupBy(rows, ({ verdict, cell }) =>
    JSON.stringify([verdict.suite, verdict.question, cell.engine.name, flavourOf(cell)]),
  );
  return [...groups.values()]
    .map((group): Track => {
      const [{ verdict, cell }] = group;
      const { suite, question } = verdict;
      const text = wording.get(questionKey(suite, question));
      const points = pointsOf(group, text);
      return {
        ...{ suite, question, asks: text?.asks ?? question },
        ...{ engine: cell.engine.name, runtime: flavourOf(cell) },
        ...{ ranges: collapsePairs(points, sameAnswer), turns: turns(points) },
      };
    })
    .sort(
      (a, b) =>
        naturalOrder(a.suite, b.suite) ||
        naturalOrder(a.question, b.question) ||
        naturalOrder(a.engine, b.engine) ||
        naturalOrder(a.runtime, b.runtime),
    );
}

function pointsOf(group: ReturnType<typeof newestVerdicts>, question: QuestionText | undefined): Point[] {
  const pairs = groupBy(group, ({ cell }) => JSON.stringify([cell.engine.version, cell.runtime.version]));
  return [...pairs.values()].flatMap((own): Point[] => {
    const applies = own.filter(({ verdict }) => verdict.verdict !== 'unsupported');
    const verdict = answerOf(worstOf(applies.map((each) => each.verdict.verdict)) ?? 'unsupported');
    if (verdict === undefined) return [];
    const known = [
      ...new Set(applies.flatMap((each) => (each.verdict.verdict === 'known' ? (each.verdict.known ?? []) : []))),
    ].sort();
    return [
      {
        engine: own[0].cell.engine.version,
        runtime: own[0].cell.runtime.version,
        value: { verdict, known, answers: seenOf(applies, question) },
      },
    ];
  });
}

function seenOf(rows: ReturnType<typeof newestVerdicts>, question: QuestionText | undefined): Seen[] {
  const seen = rows.flatMap(({ verdict: { answer: name, harm } }): Seen[] => {
    if (name === undefined) return [];
    // An older run may have an answer that the question no longer has.
    const says = question?.answers.find((each) => each.name === name)?.says ?? name;
    return [{ name, short: shortAnswer(name, question?.answers), says, harm }];
  });
  return distinctBy(seen, ({ name }) => name).sort((a, b) => harmRank(b.harm) - harmRank(a.harm) || plainOrder(a.name, b.name));
}

/** One verdict that went from good to bad, or back, between two runs that judged it. */
export interface Event {
  kind: 'broke' | 'mended';
  cell: string;
  suite: string;
  scenario: string;
  question: string;
  last: { run: string; started: string; verdict: VerdictName };
  first: { run: string; started: string; verdict: VerdictName };
}

function events(runs: readonly Document[]): Event[] {
  const last = new Map<string, Event['last']>();
  const found: Event[] = [];
  for (const { run, verdicts } of runs) {
    for (const { cell, suite, scenario, question, verdict } of verdicts) {
      const answer = answerOf(verdict);
      if (answer === undefined || answer === 'unsupported') continue;
      const id = verdictId({ cell, suite, scenario, question });
      const before = last.get(id);
      const now = { run: run.id, started: run.started, verdict };
      if (before !== undefined && isBad(before.verdict) !== isBad(verdict))
        found.push({ kind: isBad(verdict) ? 'broke' : 'mended', cell, suite, scenario, question, last: before, first: now });
      last.set(id, now);
    }
  }
  return found;
}
