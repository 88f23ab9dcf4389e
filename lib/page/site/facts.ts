import { createHash } from 'node:crypto';
import type { Cell, Document, KnownIssueText, QuestionText, Verdict } from '../../model/document.ts';
import { flavourOf, partsOf } from '../../model/flavour.ts';
import { history, newestVerdicts, oldestFirst, type History, type Track } from '../../report/history.ts';
import type { Entry } from '../../ask/words/find.ts';
import { naturalOrder } from '../../report/order.ts';
import { versionOrder } from '../../report/ranges.ts';
import { groupBy } from '../../util/group-by.ts';

/** What suites and the list of known error texts add to recorded runs: words of ours, and no data of a run. */
export interface Guide {
  /** In the order of reports. */
  suites: ReadonlyArray<{ id: string; title: string }>;
  help: ReadonlyArray<{ id: string; means: string; where: string; fix: string; cost: string; questions: readonly string[] }>;
  /** What is found by words: the index of explain. */
  entries: readonly Entry[];
}

/** One engine with one flavour of a runtime: a column of the overview. */
export interface Pairing {
  engine: string;
  /** `kata go qemu`. */
  runtime: string;
}

/** Everything that the pages of a site are made of, in the order in which they show it. */
export interface Facts {
  documents: readonly Document[];
  history: History;
  questions: QuestionText[];
  known: ReadonlyMap<string, KnownIssueText>;
  pairings: Pairing[];
  /** Tested versions, oldest first, by name of the engine and by flavour of the runtime. */
  versions: ReadonlyMap<string, string[]>;
  /** Tracks by question, and by the page of an engine or a runtime. */
  tracksOf: (question: string) => Track[];
  evidenceOf: (question: string) => Array<{ verdict: Verdict; cell: Cell; run: Document['run'] }>;
  guide: Guide;
}

export function gatherFacts(documents: readonly Document[], guide: Guide): Facts {
  const runs = oldestFirst(documents);
  const recorded = history(runs);
  const cells = runs.flatMap((run) => run.cells);
  const tracks = groupBy(recorded.tracks, ({ question }) => question);
  const evidence = groupBy(
    newestVerdicts(runs).filter(({ verdict }) => verdict.verdict !== 'unsupported'),
    ({ verdict }) => verdict.question,
  );
  const pairings = [
    ...new Map(recorded.tracks.map(({ engine, runtime }) => [`${engine} ${runtime}`, { engine, runtime }])).values(),
  ];
  const tested = [
    ...groupBy(
      cells.flatMap(({ engine, runtime, kubelet }) => [
        { name: engine.name, version: engine.version },
        { name: flavourOf({ runtime, kubelet }), version: runtime.version },
      ]),
      ({ name }) => name,
    ),
  ];
  return {
    documents: runs,
    history: recorded,
    questions: questionsOf(runs, guide),
    known: new Map(runs.flatMap((run) => run.known.map((issue) => [issue.id, issue]))),
    pairings: pairings.sort((a, b) => naturalOrder(a.engine, b.engine) || naturalOrder(a.runtime, b.runtime)),
    versions: new Map(tested.map(([name, own]) => [name, [...new Set(own.map(({ version }) => version))].sort(versionOrder)])),
    tracksOf: (question) => tracks.get(question) ?? [],
    evidenceOf: (question) => evidence.get(question) ?? [],
    guide,
  };
}

/** The newest wording of every question, by suite in the order of the guide. */
function questionsOf(runs: readonly Document[], { suites }: Guide): QuestionText[] {
  const newest = new Map(runs.flatMap((run) => run.questions.map((question) => [question.id, question])));
  const place = (suite: string): number => (suites.findIndex(({ id }) => id === suite) + suites.length + 1) % (suites.length + 1);
  return [...newest.values()].sort(
    (a, b) => place(a.suite) - place(b.suite) || naturalOrder(a.suite, b.suite) || naturalOrder(a.id, b.id),
  );
}

/** The name of a runtime without its flavour. */
export function runtimeName(flavour: string): string {
  return partsOf(flavour).name;
}

/** Where the page of a run is in the site. */
export function runPath(run: string): string {
  return `runs/${slug(run)}.html`;
}

/** A file name and an anchor for any text: itself where that is harmless, and its checksum otherwise. */
export function slug(text: string): string {
  const plain = text.replaceAll(' ', '-');
  return /^[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)*$/.test(plain) && plain.length <= 80
    ? plain
    : `x-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
