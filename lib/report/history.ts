import { type Cell, type Document, type QuestionText, type Verdict, verdictId } from '../model/document.ts';
import { harms, worstOf, type Harm, type VerdictName } from '../model/verdict.ts';
import { naturalOrder, plainOrder } from './order.ts';
import { collapsePairs, type PairRange, versionOrder } from './ranges.ts';
import { groupBy } from '../util/group-by.ts';

/** What is known of one question with one pair of versions: the worst verdict of its pods, and what they answer. */
export interface Answer {
  verdict: 'pass' | 'known' | 'fixed' | 'fail' | 'unsupported';
  /** Ids of the known issues that the pods show. */
  known: string[];
  /** Everything that was seen, what harms most first: several where pods differ, none where what was seen is unforeseen. */
  answers: Seen[];
}

/** An answer by its name, in the newest words for it. */
export interface Seen {
  name: string;
  says: string;
  harm?: Harm;
}

/** A pair of tested versions. */
export interface Pair {
  engine: string;
  runtime: string;
}

/**
 * Where the answer turned into another: the last versions before and the first since. `both` changed where no pair is between.
 * It broke where it deviates since, or else harms more; `changed` is neither.
 */
export interface Turn {
  kind: 'broke' | 'mended' | 'changed';
  along: 'engine' | 'runtime' | 'both';
  last: Pair;
  first: Pair;
  before: Answer;
  after: Answer;
}

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

export interface History {
  /** The number of this shape. */
  schema: typeof historySchema;
  /** Oldest first. */
  runs: Array<{ id: string; started: string; profile: string; podproof: string }>;
  tracks: Track[];
  events: Event[];
}

/** Schema 1 had verdicts and no answers. */
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

/** `kata go qemu`, `runc`: what makes runtimes different programs, whatever their version. */
export function flavourOf({ name, shim, vmm }: Pick<Cell['runtime'], 'name' | 'shim' | 'vmm'>): string {
  return [name, shim, vmm].filter((part) => part !== undefined).join(' ');
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
    JSON.stringify([verdict.suite, verdict.question, cell.engine.name, flavourOf(cell.runtime)]),
  );
  return [...groups.values()]
    .flatMap((group): Track[] => {
      const [first] = group;
      if (first === undefined) return [];
      const question = wording.get(questionKey(first.verdict.suite, first.verdict.question));
      const points = pointsOf(group, question);
      return [
        {
          suite: first.verdict.suite,
          question: first.verdict.question,
          asks: question?.asks ?? first.verdict.question,
          engine: first.cell.engine.name,
          runtime: flavourOf(first.cell.runtime),
          ranges: collapsePairs(points, sameAnswer),
          turns: turns(points),
        },
      ];
    })
    .sort(
      (a, b) =>
        naturalOrder(a.suite, b.suite) ||
        naturalOrder(a.question, b.question) ||
        naturalOrder(a.engine, b.engine) ||
        naturalOrder(a.runtime, b.runtime),
    );
}

type Point = Pair & { value: Answer };

function pointsOf(group: ReturnType<typeof newestVerdicts>, question: QuestionText | undefined): Point[] {
  const pairs = groupBy(group, ({ cell }) => JSON.stringify([cell.engine.version, cell.runtime.version]));
  return [...pairs.values()].flatMap((own): Point[] => {
    const [first] = own;
    if (first === undefined) return [];
    const applies = own.filter(({ verdict }) => verdict.verdict !== 'unsupported');
    const verdict = answerOf(worstOf(applies.map((each) => each.verdict.verdict)) ?? 'unsupported');
    if (verdict === undefined) return [];
    const known = [
      ...new Set(applies.flatMap((each) => (each.verdict.verdict === 'known' ? (each.verdict.known ?? []) : []))),
    ].sort();
    return [
      {
        engine: first.cell.engine.version,
        runtime: first.cell.runtime.version,
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
    return [{ name, says, ...(harm && { harm }) }];
  });
  const distinct = [...new Map(seen.map((each) => [each.name, each])).values()];
  return distinct.sort((a, b) => harmRank(b.harm) - harmRank(a.harm) || plainOrder(a.name, b.name));
}

function answerOf(verdict: VerdictName): Answer['verdict'] | undefined {
  switch (verdict) {
    case 'pass':
    case 'known':
    case 'fixed':
    case 'fail':
    case 'unsupported':
      return verdict;
    default:
      return undefined;
  }
}

function sameAnswer(a: Answer, b: Answer): boolean {
  return a.verdict === b.verdict && a.known.join() === b.known.join() && sameSeen(a, b);
}

function sameSeen(a: Answer, b: Answer): boolean {
  const names = ({ answers }: Answer): string => JSON.stringify(answers.map(({ name }) => name));
  return names(a) === names(b);
}

/** Turns along runtimes of one engine version, along engines of one runtime version, and where every pair changed both. */
function turns(points: readonly Point[]): Turn[] {
  const judged = points.filter(({ value }) => value.verdict !== 'unsupported');
  const ordered = [...judged].sort((a, b) => versionOrder(a.engine, b.engine) || versionOrder(a.runtime, b.runtime));
  const series = (along: 'engine' | 'runtime', by: (point: Point) => string): Turn[] =>
    [...groupBy(ordered, by).values()].flatMap((group) =>
      turnsOf(
        along,
        [...group].sort((a, b) => versionOrder(a[along], b[along])),
      ),
    );
  const distinct = (key: 'engine' | 'runtime'): boolean => new Set(judged.map((point) => point[key])).size === judged.length;
  return [
    ...series('runtime', ({ engine }) => engine),
    ...series('engine', ({ runtime }) => runtime),
    ...(distinct('engine') && distinct('runtime') ? turnsOf('both', ordered) : []),
  ];
}

function turnsOf(along: Turn['along'], series: readonly Point[]): Turn[] {
  return series.slice(1).flatMap((first, index): Turn[] => {
    const last = series[index];
    const kind = last && kindOf(last.value, first.value);
    if (last === undefined || kind === undefined) return [];
    const pair = ({ engine, runtime }: Point): Pair => ({ engine, runtime });
    return [{ kind, along, last: pair(last), first: pair(first), before: last.value, after: first.value }];
  });
}

function kindOf(before: Answer, after: Answer): Turn['kind'] | undefined {
  const worse =
    Number(isBad(after.verdict)) - Number(isBad(before.verdict)) || harmRank(worstOfSeen(after)) - harmRank(worstOfSeen(before));
  if (worse !== 0) return worse > 0 ? 'broke' : 'mended';
  return sameSeen(before, after) || before.answers.length === 0 || after.answers.length === 0 ? undefined : 'changed';
}

/** What an answer does at worst. */
export function worstOfSeen({ answers }: Answer): Harm | undefined {
  return answers[0]?.harm;
}

/** What weakens before what breaks, and that before what does neither. */
export function harmRank(harm: Harm | undefined): number {
  return harm === undefined ? 0 : harms.indexOf(harm) + 1;
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

/** Whether it deviates from what is documented. */
export function isBad(verdict: VerdictName): boolean {
  return verdict === 'known' || verdict === 'fail';
}
