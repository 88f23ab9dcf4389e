import type { Answer, Event, History, Pair, Track, Turn } from './history.ts';
import { rangeText } from './ranges.ts';
import { visibleLine } from './visible.ts';
import { groupBy } from '../util/group-by.ts';

/** History in plain lines: rules that deviate somewhere or once did, with where they hold; the others are counted. */
export function historyText({ runs, tracks, events }: History): string {
  const told = tracks.filter(({ ranges, turns }) => turns.length > 0 || ranges.some(({ value }) => isBad(value)));
  const lines = [
    `${runs.length} runs, ${runs[0]?.started ?? 'none'} to ${runs.at(-1)?.started ?? 'none'}`,
    ...[...groupBy(told, ({ rule }) => rule)].flatMap(([rule, own]) => ['', rule, ...own.flatMap(trackLines)]),
    '',
    `${tracks.length - told.length} of ${tracks.length} tracks, a rule under an engine with a runtime each, do not deviate with any tested version.`,
    ...(events.length === 0 ? [] : ['', 'Between runs', ...events.map(eventLine)]),
  ];
  return lines.map((line) => `${visibleLine(line).replaceAll('##[', '## [')}\n`).join('');
}

function trackLines(track: Track): string[] {
  return [
    ...track.ranges.map(
      ({ engines, runtimes, value }) =>
        `  ${track.engine} ${rangeText(engines)} with ${runtimeText(track.runtime, rangeText(runtimes))}: ${answerText(value)}`,
    ),
    ...track.turns.map((turn) => `    ${turnText(track, turn)}`),
  ];
}

/** `kata 3.30.0 (go qemu)`. */
export function runtimeText(flavour: string, versions: string): string {
  const [name = '', ...others] = flavour.split(' ');
  return `${name} ${versions}${others.length === 0 ? '' : ` (${others.join(' ')})`}`;
}

/** What is so, in words. */
export function answerText({ verdict, known }: Answer): string {
  switch (verdict) {
    case 'pass':
      return 'as documented';
    case 'fixed':
      return 'as documented; a known issue no longer happens';
    case 'known':
      return `deviates, known: ${known.join(', ')}`;
    case 'fail':
      return 'deviates';
    case 'unsupported':
      return 'does not apply';
  }
}

/** `first bad with kata 3.8.0, last good with 3.7.0, under containerd 1.7.24`. */
export function turnText({ engine, runtime }: Pick<Track, 'engine' | 'runtime'>, { kind, along, last, first }: Turn): string {
  const [since, before] = kind === 'broke' ? ['first bad', 'last good'] : ['first good', 'last bad'];
  const both = (pair: Pair): string => `${engine} ${pair.engine} and ${runtimeText(runtime, pair.runtime)}`;
  switch (along) {
    case 'engine':
      return `${since} with ${engine} ${first.engine}, ${before} with ${last.engine}; ${runtimeText(runtime, first.runtime)} in both`;
    case 'runtime':
      return `${since} with ${runtimeText(runtime, first.runtime)}, ${before} with ${last.runtime}; ${engine} ${first.engine} in both`;
    case 'both':
      return `${since} with ${both(first)}, ${before} with ${both(last)}; nothing between them was run`;
  }
}

function eventLine({ kind, cell, scenario, rule, last, first }: Event): string {
  const [since, before] = kind === 'broke' ? ['first bad', 'last good'] : ['first good', 'last bad'];
  return `  ${rule} ${scenario} in ${cell}: ${since} in ${first.run} (${first.started}), ${before} in ${last.run} (${last.started})`;
}

function isBad({ verdict }: Answer): boolean {
  return verdict === 'known' || verdict === 'fail';
}
