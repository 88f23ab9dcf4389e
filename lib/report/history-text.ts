import { harmRank, isBad, worstOfSeen, type Answer } from './answer.ts';
import { partsOf } from '../model/flavour.ts';
import type { Event, History, Track } from './history.ts';
import type { Pair, Turn } from './turns.ts';
import { rangeText } from './ranges.ts';
import { escapeLine } from './escape.ts';
import { groupBy } from '../util/group-by.ts';
import { count } from '../util/words.ts';

/**
 * History in plain lines: question, engine with runtime, answer, tested versions. Questions that deviate somewhere, weaken
 * isolation or have changed, what harms most first; the others are counted.
 */
export function historyText({ runs, tracks, events }: History): string {
  const notable = tracks.filter(
    ({ ranges, turns }) =>
      turns.length > 0 ||
      ranges.some(({ value }) => isBad(value.verdict) || value.answers.some(({ harm }) => harm === 'weakens')),
  );
  const harmOf = (own: readonly Track[]): number =>
    Math.max(...own.flatMap(({ ranges }) => ranges.map(({ value }) => harmRank(worstOfSeen(value)))));
  const questions = [...groupBy(notable, ({ question }) => question)].sort(([, a], [, b]) => harmOf(b) - harmOf(a));
  const lines = [
    `${count(runs.length, 'run')}, ${runs[0]?.started ?? 'none'} to ${runs.at(-1)?.started ?? 'none'}`,
    ...questions.flatMap(([question, own]) => ['', `${question}: ${own[0].asks}`, ...alike(own).flatMap(trackLines)]),
    '',
    `${tracks.length - notable.length} of ${tracks.length} tracks, a question under an engine with a runtime each, are as documented, harmless and the same with all tested versions.`,
    ...(events.length === 0 ? [] : ['', 'Between runs', ...events.map(eventLine)]),
  ];
  return lines.map((line) => `${escapeLine(line).replaceAll('##[', '## [')}\n`).join('');
}

/** Tracks of one engine whose answers are the same in the same versions of it are together, whatever their runtimes. */
function alike(tracks: readonly Track[]): Array<[Track, ...Track[]]> {
  const keyOf = ({ engine, ranges }: Track): string =>
    JSON.stringify([engine, ranges.map(({ value, engines }) => [seenText(value), engines])]);
  return [...groupBy(tracks, keyOf).values()];
}

function trackLines(tracks: readonly [Track, ...Track[]]): string[] {
  const [{ engine, ranges }] = tracks;
  const answers = groupBy(ranges.keys(), (at) => seenText(ranges[at]?.value ?? { verdict: 'pass', known: [], answers: [] }));
  const versions = (at: number): string =>
    [
      testedText(engine, ranges[at]?.engines ?? []),
      ...tracks.map(({ runtime, ranges: own }) => testedText(runtime, own[at]?.runtimes ?? [])),
    ].join(', ');
  return [
    `  ${engine} with ${tracks.map(({ runtime }) => runtime).join(' and ')}`,
    ...[...answers].flatMap(([seen, own]) => [`    ${seen}`, ...own.map((at) => `      ${versions(at)}`)]),
    ...tracks.flatMap((track) => track.turns.map((turn) => `    ${turnText(track, turn)}`)),
  ];
}

/** `containerd (3 tested: 1.24.6 · 1.30.14 · 1.36.3)`, or `runc 1.1.15` where it is only one. */
function testedText(name: string, versions: readonly string[]): string {
  return versions.length === 1 ? `${name} ${rangeText(versions)}` : `${name} (${versions.length} tested: ${rangeText(versions)})`;
}

/** What was seen, its harm first: `Weakens: everybody may open it; deviates, known: crio-mode-0666`. */
export function seenText(value: Answer): string {
  const says = value.answers.map(({ says: words, harm }) => `${harm === undefined ? '' : `${harm}: `}${words}`);
  return [...says, answerText(value)].join('; ');
}

/** `kata 3.30.0 (go qemu)`, `runc 1.1.15 behind kubelet 1.37.2`. */
export function runtimeText(flavour: string, versions: string): string {
  const { name, parts, behind } = partsOf(flavour);
  return `${name} ${versions}${parts.length === 0 ? '' : ` (${parts.join(' ')})`}${behind === undefined ? '' : ` behind ${behind}`}`;
}

/** What is so, in words. */
export function answerText({ verdict, known }: Pick<Answer, 'verdict' | 'known'>): string {
  return {
    pass: 'as documented',
    fixed: 'as documented; a known issue no longer happens',
    known: `deviates, known: ${known.join(', ')}`,
    fail: 'deviates',
    unsupported: 'does not apply',
  }[verdict];
}

/** The first version with an answer and the last with the one before: `first “closed” with kata 3.8.0, last “host” with 3.7.0; crio 1.36.3 in both`. */
export function turnText({ engine, runtime }: Pick<Track, 'engine' | 'runtime'>, turn: Turn): string {
  const { along, last, first } = turn;
  const [now, before] = turnNames(turn);
  const both = (pair: Pair): string => `${engine} ${pair.engine} and ${runtimeText(runtime, pair.runtime)}`;
  switch (along) {
    case 'engine':
      return `first ${now} with ${engine} ${first.engine}, last ${before} with ${last.engine}; ${runtimeText(runtime, first.runtime)} in both`;
    case 'runtime':
      return `first ${now} with ${runtimeText(runtime, first.runtime)}, last ${before} with ${last.runtime}; ${engine} ${first.engine} in both`;
    case 'both':
      return `first ${now} with ${both(first)}, last ${before} with ${both(last)}; nothing between them was run`;
  }
}

/** The answers on both sides of a turn by their names, or good and bad where these do not tell them apart. */
function turnNames({ before, after }: Turn): [now: string, before: string] {
  const names = ({ answers }: Answer): string => answers.map(({ short }) => `“${short}”`).join(' and ');
  const named = names(before) !== names(after);
  const text = (answer: Answer): string => (named && names(answer)) || (isBad(answer.verdict) ? 'bad' : 'good');
  return [text(after), text(before)];
}

function eventLine({ kind, cell, scenario, question, last, first }: Event): string {
  const [since, before] = kind === 'broke' ? ['first bad', 'last good'] : ['first good', 'last bad'];
  return `  ${question} ${scenario} in ${cell}: ${since} in ${first.run} (${first.started}), ${before} in ${last.run} (${last.started})`;
}
