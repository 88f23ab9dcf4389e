import { type Cell, type Document, type Verdict, verdictId } from '../model/document.ts';
import { worstOf, type VerdictName } from '../model/verdict.ts';
import { naturalOrder, plainOrder } from './order.ts';
import { collapsePairs, type PairRange, versionOrder } from './ranges.ts';
import { groupBy } from '../util/group-by.ts';

/** What is known of one rule with one pair of versions: the worst of its pods, and the known issues that they show. */
export interface Answer {
  verdict: 'pass' | 'known' | 'fixed' | 'fail' | 'unsupported';
  known: string[];
}

/** A pair of tested versions. */
export interface Pair {
  engine: string;
  runtime: string;
}

/** Where a rule turned from good to bad, or back: the last versions before and the first since. `both` changed where no pair is between. */
export interface Turn {
  kind: 'broke' | 'mended';
  along: 'engine' | 'runtime' | 'both';
  last: Pair;
  first: Pair;
}

/** One rule under one engine with one flavour of a runtime, over all tested versions. */
export interface Track {
  suite: string;
  rule: string;
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
  rule: string;
  last: { run: string; started: string; verdict: VerdictName };
  first: { run: string; started: string; verdict: VerdictName };
}

export interface History {
  /** Oldest first. */
  runs: Array<{ id: string; started: string; profile: string; podproof: string }>;
  tracks: Track[];
  events: Event[];
}

/** Recorded answers of many runs of any plans, by rule, engine and runtime, over versions and over time. Pure. */
export function history(documents: readonly Document[]): History {
  const runs = oldestFirst(documents);
  return {
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

function tracks(runs: readonly Document[]): Track[] {
  const rows = newestVerdicts(runs);
  const groups = groupBy(rows, ({ verdict, cell }) =>
    JSON.stringify([verdict.suite, verdict.rule, cell.engine.name, flavourOf(cell.runtime)]),
  );
  return [...groups.values()]
    .flatMap((group): Track[] => {
      const [first] = group;
      if (first === undefined) return [];
      const points = pointsOf(group);
      return [
        {
          suite: first.verdict.suite,
          rule: first.verdict.rule,
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
        naturalOrder(a.rule, b.rule) ||
        naturalOrder(a.engine, b.engine) ||
        naturalOrder(a.runtime, b.runtime),
    );
}

type Point = Pair & { value: Answer };

function pointsOf(group: ReturnType<typeof newestVerdicts>): Point[] {
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
    return [{ engine: first.cell.engine.version, runtime: first.cell.runtime.version, value: { verdict, known } }];
  });
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
  return a.verdict === b.verdict && a.known.join() === b.known.join();
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
    if (last === undefined || isBad(last.value.verdict) === isBad(first.value.verdict)) return [];
    const pair = ({ engine, runtime }: Point): Pair => ({ engine, runtime });
    return [{ kind: isBad(first.value.verdict) ? 'broke' : 'mended', along, last: pair(last), first: pair(first) }];
  });
}

function events(runs: readonly Document[]): Event[] {
  const last = new Map<string, Event['last']>();
  const found: Event[] = [];
  for (const { run, verdicts } of runs) {
    for (const { cell, suite, scenario, rule, verdict } of verdicts) {
      const answer = answerOf(verdict);
      if (answer === undefined || answer === 'unsupported') continue;
      const id = verdictId({ cell, suite, scenario, rule });
      const before = last.get(id);
      const now = { run: run.id, started: run.started, verdict };
      if (before !== undefined && isBad(before.verdict) !== isBad(verdict))
        found.push({ kind: isBad(verdict) ? 'broke' : 'mended', cell, suite, scenario, rule, last: before, first: now });
      last.set(id, now);
    }
  }
  return found;
}

function isBad(verdict: VerdictName): boolean {
  return verdict === 'known' || verdict === 'fail';
}
