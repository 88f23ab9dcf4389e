import { debianSuite } from '../hosts/image/facts.ts';
import { hostKindFacts } from '../hosts/facts.ts';
import type { PlannedCell } from '../model/cell.ts';
import { compareVersions } from '../model/version.ts';
import { flavourOf } from '../model/flavour.ts';
import { groupBy } from '../util/group-by.ts';

/** A cell that a coverage of pairs keeps. */
export interface CoveringCell {
  cell: PlannedCell;
  /** What it stands for, in words: `newest containerd with newest crun; debian-13 with crun-1.28`. */
  stands: string;
}

/**
 * Some of these cells, so that every pair of host and engine version, host and runtime version, engine version and runtime
 * version that occurs in one of them occurs in one that is kept. Of each engine and runtime the newest that go together are
 * kept, on the newest of their hosts. The order of `cells` changes nothing but the order of the result.
 *
 * Greedy, in linear time: what a cell adds never grows while others are taken, so that one pass takes all cells that add
 * three pairs, a second those that add two, and a third those that add one. As each pair of the largest kind needs a cell of its
 * own, cells that add one of that kind are taken before others. What became redundant is dropped in the end.
 */
export function coverPairs(cells: readonly PlannedCell[]): CoveringCell[] {
  const { ranked, labels } = rank(cells);
  const pairs = new PairTable(labels);
  const kept = new Map<Ranked, string[]>();
  const take = (each: Ranked): void => {
    kept.set(each, pairs.missing(each));
    pairs.add(each, 1);
  };
  const newest = new Set([...groupBy(ranked, (each) => each.newest).values()].flatMap(([first]) => first ?? []));
  for (const each of newest) take(each);
  const largest = largestKind(ranked, labels);
  for (const largestFirst of [true, false]) {
    for (const gain of [3, 2, 1]) {
      for (const each of ranked) {
        if ((!largestFirst || pairs.count(each, largest) === 0) && pairs.gain(each) >= gain) take(each);
      }
    }
  }
  for (const each of [...kept.keys()].toReversed()) {
    if (newest.has(each) || !pairs.isRedundant(each)) continue;
    kept.delete(each);
    pairs.add(each, -1);
  }
  const stands = new Map(
    [...kept].map(([each, pairs]) => [each.cell, [...(newest.has(each) ? [`newest ${each.newest}`] : []), ...pairs].join('; ')]),
  );
  return cells.flatMap((cell) => {
    const words = stands.get(cell);
    return words === undefined ? [] : [{ cell, stands: words }];
  });
}

/** The kind of pairs of which there are most. */
function largestKind(ranked: readonly Ranked[], labels: Labels): Kind {
  const every = new PairTable(labels);
  const counts = [0, 0, 0];
  for (const each of ranked) {
    for (const kind of kinds) if (every.count(each, kind) === 0) counts[kind] = (counts[kind] ?? 0) + 1;
    every.add(each, 1);
  }
  return kinds[counts.indexOf(Math.max(...counts))] ?? 2;
}

/** 0: host and engine, 1: host and runtime, 2: engine and runtime. */
const kinds = [0, 1, 2] as const;
type Kind = (typeof kinds)[number];

/** Of hosts, engines and runtimes, as ids of cells have them, the newest first. */
type Labels = readonly [string[], string[], string[]];

interface Ranked {
  cell: PlannedCell;
  /** Places of host, engine and runtime among all, the newest first. */
  at: readonly [host: number, engine: number, runtime: number];
  /** Of what it may be the newest: `containerd with newest kata-go-qemu`. */
  newest: string;
}

/** The cells, the newest engine first, with the newest runtime first, on the newest host first. */
function rank(cells: readonly PlannedCell[]): { ranked: Ranked[]; labels: Labels } {
  const parts = cells.map(({ id }) => id.split('/'));
  const axis = <Key extends 'host' | 'engine' | 'runtime'>(
    place: number,
    key: Key,
    family: (part: PlannedCell[Key]) => string,
    age: (a: PlannedCell[Key], b: PlannedCell[Key]) => number,
  ): string[] => inOrderOfAge(new Map(cells.map((cell, at) => [parts[at]?.[place] ?? '', cell[key]])), family, age);
  const newer = (a: { version: string }, b: { version: string }): number => compareVersions(b.version, a.version);
  const hosts = axis(0, 'host', () => '', newerHost);
  const engines = axis(1, 'engine', ({ name }) => name, newer);
  const runtimes = axis(2, 'runtime', (runtime) => flavourOf({ runtime }), newer);
  const places = [hosts, engines, runtimes].map((labels) => new Map(labels.map((label, at) => [label, at])));
  const ranked = cells
    .map((cell, index): Ranked => {
      const [host = 0, engine = 0, runtime = 0] = places.map((of, place) => of.get(parts[index]?.[place] ?? ''));
      return {
        cell,
        at: [host, engine, runtime],
        newest: `${cell.engine.name} with newest ${flavourOf({ runtime: cell.runtime })}`,
      };
    })
    .sort(({ at: [h, e, r] }, { at: [host, engine, runtime] }) => e - engine || r - runtime || h - host);
  return { ranked, labels: [hosts, engines, runtimes] };
}

/** Labels, the newest of each family first, then the second newest of each, and so on. */
function inOrderOfAge<T>(labels: ReadonlyMap<string, T>, family: (part: T) => string, newer: (a: T, b: T) => number): string[] {
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...groupBy(labels, ([, part]) => family(part)).values()]
    .flatMap((members) =>
      members.sort(([a, part], [b, other]) => newer(part, other) || byName(a, b)).map(([label], age) => ({ label, age })),
    )
    .sort((a, b) => a.age - b.age || byName(a.label, b.label))
    .map(({ label }) => label);
}

/** By the age of the suite; with cgroup v1 a host is older than with v2. */
function newerHost({ spec: a }: PlannedCell['host'], { spec: b }: PlannedCell['host']): number {
  const suites: readonly string[] = debianSuite.options;
  const age = (spec: typeof a): number => suites.indexOf(hostKindFacts(spec).debianSuite?.(spec) ?? '');
  const old = (spec: typeof a): number => Number('cgroup' in spec && spec.cgroup === 'v1');
  return age(b) - age(a) || old(a) - old(b);
}

/** How many of the kept cells have each pair. */
class PairTable {
  readonly #labels: Labels;
  readonly #counts: readonly [Uint32Array, Uint32Array, Uint32Array];

  constructor(labels: Labels) {
    const [hosts, engines, runtimes] = [labels[0].length, labels[1].length, labels[2].length];
    this.#labels = labels;
    this.#counts = [new Uint32Array(hosts * engines), new Uint32Array(hosts * runtimes), new Uint32Array(engines * runtimes)];
  }

  /** How many of the kept cells have the pair of this kind that this cell has. */
  count({ at: [host, engine, runtime] }: Ranked, kind: Kind): number {
    return this.#counts[kind][this.#place(host, engine, runtime, kind)] ?? 0;
  }

  #place(host: number, engine: number, runtime: number, kind: Kind): number {
    const [, engines, runtimes] = this.#labels;
    if (kind === 0) return host * engines.length + engine;
    return (kind === 1 ? host : engine) * runtimes.length + runtime;
  }

  add(each: Ranked, change: 1 | -1): void {
    const [host, engine, runtime] = each.at;
    for (const kind of kinds) this.#counts[kind][this.#place(host, engine, runtime, kind)] = this.count(each, kind) + change;
  }

  /** How many pairs of this cell no kept cell has. */
  gain(each: Ranked): number {
    return Number(this.count(each, 0) === 0) + Number(this.count(each, 1) === 0) + Number(this.count(each, 2) === 0);
  }

  /** Whether each pair of this kept cell is in another one. */
  isRedundant(each: Ranked): boolean {
    return kinds.every((kind) => this.count(each, kind) > 1);
  }

  /** `debian-13 with containerd-1.7.24`, for each pair that no kept cell has. */
  missing(each: Ranked): string[] {
    const [host, engine, runtime] = [0, 1, 2].map((axis) => this.#labels[axis]?.[each.at[axis] ?? 0] ?? '');
    const words = [`${host} with ${engine}`, `${host} with ${runtime}`, `${engine} with ${runtime}`];
    return kinds.flatMap((kind) => (this.count(each, kind) === 0 ? [words[kind] ?? ''] : []));
  }
}
