import { engines as engineFacts } from '../engines/facts.ts';
import type { Document } from '../model/document.ts';
import type { Harm } from '../model/verdict.ts';
import { harmRank, shortText, worstOfSeen, type Answer } from '../report/answer.ts';
import { currentOf, sinceText } from '../report/current.ts';
import { partsOf } from '../model/flavour.ts';
import type { Track } from '../report/history.ts';
import { ownName } from '../report/own-name.ts';
import { runtimes as runtimeFacts } from '../runtimes/facts.ts';
import { groupBy } from '../util/group-by.ts';
import { narrowRange, type Wanted } from './narrow.ts';
import { tracksOf } from './recorded.ts';

/** How the newest tested versions of an engine answer a question, with the runtimes that answer alike. */
export interface Standing {
  /** As its owner writes it. */
  engine: string;
  runtimes: string[];
  answer: string;
  harm: Harm | undefined;
  /** `since 1.6.20`, `all 7 tested, from 1.6.20`. */
  since: string;
  /** What older tested versions answer otherwise. */
  before: Array<{ answer: string; harm: Harm | undefined }>;
  /** Ids of the known issues that these versions show. */
  known: string[];
}

/** Which engine and runtime is meant: by flag, or by a name in the words that ask. */
export interface Narrowing {
  query: string;
  engine?: Wanted | undefined;
  runtime?: Wanted | undefined;
}

/** What recorded runs answer to a question, what harms most first. Empty where nothing was recorded. */
export function standingsOf(documents: readonly Document[], question: string, narrowing: Narrowing): Standing[] {
  const own = tracksOf(documents, [question]).map((track) => ({
    ...track,
    ranges: track.ranges.flatMap((range) => narrowRange(range, track, narrowing)),
  }));
  const rows = meant(
    own.filter(({ ranges }) => ranges.length > 0),
    narrowing.query,
  ).flatMap((track): Standing[] => {
    const current = currentOf(track);
    if (current === undefined) return [];
    return [
      {
        engine: ownName(track.engine),
        runtimes: [ownName(track.runtime)],
        ...toldOf(current.value),
        since: sinceText(current, track.runtime),
        before: current.before.map(toldOf),
        known: current.value.known,
      },
    ];
  });
  return [...groupBy(rows, (row) => JSON.stringify({ ...row, runtimes: undefined })).values()]
    .flatMap((alike) => alike.slice(0, 1).map((row) => ({ ...row, runtimes: alike.flatMap(({ runtimes }) => runtimes) })))
    .sort((a, b) => harmRank(b.harm) - harmRank(a.harm));
}

function toldOf(value: Answer): { answer: string; harm: Harm | undefined } {
  return { answer: shortText(value), harm: worstOfSeen(value) };
}

/** Those of the engines and runtimes that the words name, where they name any of these. A kubelet in front counts where it is named, or nothing else was run. */
function meant(tracks: readonly Track[], query: string): Track[] {
  const words = ` ${query.toLowerCase().replaceAll(/[^a-z0-9-]+/g, ' ')} `;
  const isNamed = (name: string): boolean =>
    [name, ...ownName(name).toLowerCase().split(' ').slice(0, 1)].some((each) => words.includes(` ${each} `));
  const some = (all: readonly Track[], keep: (track: Track) => boolean): readonly Track[] => {
    const kept = all.filter(keep);
    return kept.length === 0 ? all : kept;
  };
  const namedEngines = Object.keys(engineFacts).filter(isNamed);
  const namedRuntimes = Object.keys(runtimeFacts).filter(isNamed);
  const behind = some(tracks, ({ runtime }) => (partsOf(runtime).behind !== undefined) === isNamed('kubelet'));
  const byEngine = some(behind, ({ engine }) => namedEngines.length === 0 || namedEngines.includes(engine));
  return [...some(byEngine, ({ runtime }) => namedRuntimes.length === 0 || namedRuntimes.includes(partsOf(runtime).name))];
}
