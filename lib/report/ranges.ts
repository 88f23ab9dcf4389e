import { compareVersions, isVersion } from '../model/version.ts';
import { naturalOrder } from './order.ts';
import { groupBy } from '../util/group-by.ts';

/** Neighbouring versions of which the same is true. Versions between them that nobody tested are not claimed. */
export interface VersionRange<T> {
  /** The tested versions, oldest first. */
  versions: string[];
  value: T;
}

/** Tested versions of two components, for each pair of which the same is true. */
export interface PairRange<T> {
  engines: string[];
  runtimes: string[];
  value: T;
}

/** Oldest first; what is no version comes after all versions, in natural order. */
export function versionOrder(a: string, b: string): number {
  const [left, right] = [isVersion(a), isVersion(b)];
  if (left && right) return compareVersions(a, b) || naturalOrder(a, b);
  return left === right ? naturalOrder(a, b) : left ? -1 : 1;
}

/** Runs of neighbours in an ordered list that are the same. */
export function neighbours<T>(items: readonly T[], same: (a: T, b: T) => boolean): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const open = groups.at(-1);
    const last = open?.at(-1);
    if (open !== undefined && last !== undefined && same(last, item)) open.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** Collapses equal neighbouring versions into ranges, oldest first. Each version is once in `points`; their order does not matter. */
export function collapseVersions<T>(
  points: ReadonlyArray<{ version: string; value: T }>,
  same: (a: T, b: T) => boolean = Object.is,
): Array<VersionRange<T>> {
  const sorted = [...points].sort((a, b) => versionOrder(a.version, b.version));
  return neighbours(sorted, (a, b) => same(a.value, b.value)).flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ versions: group.map(({ version }) => version), value: first.value }];
  });
}

/**
 * The same for engine × runtime versions: each engine's runtimes collapse, then neighbouring engines do that say the same of
 * the same runtimes, or one thing of all of theirs. Every tested pair is in exactly one range. Each pair is once in `points`.
 */
export function collapsePairs<T>(
  points: ReadonlyArray<{ engine: string; runtime: string; value: T }>,
  same: (a: T, b: T) => boolean = Object.is,
): Array<PairRange<T>> {
  const byEngine = [...groupBy(points, ({ engine }) => engine)]
    .sort(([a], [b]) => versionOrder(a, b))
    .map(([engine, own]) => ({
      engine,
      ranges: collapseVersions(
        own.map(({ runtime, value }) => ({ version: runtime, value })),
        same,
      ),
    }));
  type Row = (typeof byEngine)[number];
  const uniform = (a: Row, b: Row): boolean =>
    a.ranges.length === 1 && b.ranges.length === 1 && same(a.ranges[0]!.value, b.ranges[0]!.value);
  const identical = (a: Row, b: Row): boolean =>
    a.ranges.length === b.ranges.length &&
    a.ranges.every((range, index) => {
      const other = b.ranges[index];
      return other !== undefined && same(range.value, other.value) && range.versions.join() === other.versions.join();
    });
  return neighbours(byEngine, (a, b) => uniform(a, b) || identical(a, b)).flatMap((rows) => {
    const engines = rows.map(({ engine }) => engine);
    return (rows[0]?.ranges ?? []).map(({ value }, index) => ({
      engines,
      runtimes: [...new Set(rows.flatMap(({ ranges }) => ranges[index]?.versions ?? []))].sort(versionOrder),
      value,
    }));
  });
}

/**
 * The tested versions, each by name, as nothing is claimed of what lies between: `1.24.6 · 1.30.14 · 1.36.3`. Where they are
 * more than `most`, how many, with the oldest and the newest: `5 tested: 1.6.20 … 2.3.4`.
 */
export function rangeText(versions: readonly string[], most = Number.POSITIVE_INFINITY): string {
  if (versions.length === 0) return 'none';
  return versions.length > most
    ? `${versions.length} tested: ${versions[0] ?? ''} … ${versions.at(-1) ?? ''}`
    : versions.join(' · ');
}
