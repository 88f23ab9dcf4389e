import { versionsAtHand } from '../artifacts/at-hand.ts';
import { packageIndexes } from '../artifacts/indexes.ts';
import { newestOf } from '../artifacts/newest.ts';
import { hostKindFacts } from '../hosts/facts.ts';
import type { Matrix, Source } from '../model/matrix/matrix.ts';
import { compareVersions, newest } from '../model/version.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import { groupBy } from '../util/group-by.ts';
import { cacheDirectory } from '../util/paths.ts';
import type { Asking } from './newest.ts';

/** What the matrix has of one component from one source, and what there is now. */
export interface Standing {
  name: string;
  /** `trixie`, or the kind of a source that is no suite. */
  place: string;
  /** The newest that the matrix has from there. */
  has: string;
  /** Newer ones, oldest first. */
  newer: string[];
  /** What a version that floats comes to now. */
  floatsTo?: string;
  /** Why it is not known what there is. */
  unknown?: string;
}

/** Compares every version of the matrix with what its suite, `$PODPROOF_ARTIFACTS` and the cache have. Upstream is not asked. */
export async function checkNewest(matrix: Matrix, { signal, progress }: Asking): Promise<Standing[]> {
  const cache = cacheDirectory();
  await using indexes = packageIndexes(cache);
  const consent = new Set(
    Object.values(matrix.hosts).flatMap((spec) => {
      const kind = hostKindFacts(spec);
      return kind.allowsExpiredRelease?.(spec) === true ? [kind.debianSuite?.(spec)] : [];
    }),
  );
  const standings: Standing[] = [];
  for (const [, entries] of groupBy(entriesOf(matrix), ({ name, source }) => `${name} ${placeOf(source)}`)) {
    signal.throwIfAborted();
    const [first] = entries;
    if (first === undefined) continue;
    const { name, source } = first;
    const has =
      entries
        .map(({ version }) => version)
        .sort(compareVersions)
        .at(-1) ?? '';
    const standing = { name, place: placeOf(source), has };
    const newerThan = (versions: readonly string[]): string[] =>
      versions.filter((version) => compareVersions(version, has) > 0).sort(compareVersions);
    if (source.kind !== 'deb') {
      standings.push({ ...standing, newer: newerThan(await versionsAtHand(name, cache)) });
      continue;
    }
    try {
      const allowExpiredRelease = consent.has(source.suite);
      const { version } = await newestOf(name, source, { cache, indexes, allowExpiredRelease, signal, progress });
      standings.push({ ...standing, newer: newerThan([version]), ...(has === newest && { floatsTo: version }) });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BlockedError)) throw error;
      standings.push({ ...standing, newer: [], unknown: sentenceOf(error) });
    }
  }
  return standings;
}

interface Entry {
  name: string;
  version: string;
  source: Source;
}

function entriesOf({ engines, runtimes, cni, kubelet = [] }: Matrix): Entry[] {
  const named = Object.entries<Array<Omit<Entry, 'name'>> | undefined>({ ...engines, ...runtimes });
  return [
    ...named.flatMap(([name, entries = []]) => entries.map((entry) => ({ name, ...entry }))),
    ...(cni === undefined ? [] : [{ name: 'cni', ...cni }]),
    ...kubelet.map((entry) => ({ name: 'kubelet', ...entry })),
  ];
}

function placeOf(source: Source): string {
  return source.kind === 'deb' ? source.suite : source.kind;
}

/** One line for each, and what was not looked up. */
export function standingsText(standings: readonly Standing[]): string {
  const widths = [
    Math.max(0, ...standings.map(({ name }) => name.length)),
    Math.max(0, ...standings.map(({ place }) => place.length)),
    Math.max(0, ...standings.map(({ has }) => has.length)),
  ] as const;
  const lines = standings.map(
    (standing) =>
      `${standing.name.padEnd(widths[0])}  ${standing.place.padEnd(widths[1])}  ${standing.has.padEnd(widths[2])}  ${words(standing)}`,
  );
  const shelf = process.env['PODPROOF_ARTIFACTS'] ? '$PODPROOF_ARTIFACTS' : '$PODPROOF_ARTIFACTS, which is not set,';
  return `${lines.join('\n')}\n\nReleases are not looked up upstream: of sources "release" and "path" this lists what ${shelf} and the cache have.\n`;
}

function words({ newer, floatsTo, unknown }: Standing): string {
  if (unknown !== undefined) return `unknown: ${unknown}`;
  if (floatsTo !== undefined) return `is ${floatsTo} now`;
  return newer.length === 0 ? 'nothing newer' : `newer: ${newer.join(', ')}`;
}
