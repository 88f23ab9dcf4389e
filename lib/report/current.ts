import { isBad, worstOfSeen, type Answer } from './answer.ts';
import { partsOf } from '../model/flavour.ts';
import type { Track } from './history.ts';
import { ownName } from './own-name.ts';
import { versionOrder, type PairRange } from './ranges.ts';

/** What a track answers with its newest tested versions. */
export interface Current {
  value: Answer;
  /** The oldest tested version from which on nothing else was seen, by the engine, or by the runtime where that decides. */
  since: { along: 'engine' | 'runtime'; version: string; tested: number; all: boolean };
  /** What older versions answer otherwise. */
  before: Answer[];
}

/** Undefined where the question does not apply with any tested version. */
export function currentOf({ ranges }: Track): Current | undefined {
  const applying = ranges.filter(({ value }) => value.verdict !== 'unsupported');
  const engines = sorted(applying.flatMap((range) => range.engines));
  const newest = engines.at(-1);
  if (newest === undefined) return undefined;
  const own = applying.filter((range) => range.engines.includes(newest));
  const runtimes = sorted(own.flatMap((range) => range.runtimes));
  const range = own.find((each) => each.runtimes.includes(runtimes.at(-1) ?? ''));
  if (range === undefined) return undefined;
  const key = answerKey(range.value);
  const along =
    own.every(({ value }) => answerKey(value) === key) && (engines.length > 1 || runtimes.length < 2) ? 'engine' : 'runtime';
  const versions = along === 'engine' ? engines : runtimes;
  const held = (version: string, some: ReadonlyArray<PairRange<Answer>>): boolean =>
    some.every((each) => !(along === 'engine' ? each.engines : each.runtimes).includes(version) || answerKey(each.value) === key);
  const other = versions.findLastIndex((version) => !held(version, along === 'engine' ? applying : own));
  const before = new Map(applying.filter(({ value }) => answerKey(value) !== key).map(({ value }) => [answerKey(value), value]));
  return {
    value: range.value,
    since: { along, version: versions[other + 1] ?? newest, tested: versions.length - other - 1, all: other < 0 },
    before: [...before.values()],
  };
}

/** `since 2.2.7`; where nothing else was seen, how many versions were tested. */
export function sinceText({ since: { along, version, tested, all } }: Current, runtime: string): string {
  const name = along === 'engine' ? '' : `${ownName(partsOf(runtime).name)} `;
  if (!all) return `since ${name}${version}`;
  return tested === 1 ? `${name}${version}` : `all ${tested} tested, from ${name}${version}`;
}

/** How urgent an answer is to read: what weakens isolation, then what else deviates, then what is as documented. */
export function urgencyOf(value: Answer | undefined): number {
  if (value === undefined) return 0;
  const weakens = worstOfSeen(value) === 'weakens';
  return (weakens ? 4 : 0) + (isBad(value.verdict) ? (worstOfSeen(value) === undefined ? 1 : 2) : 0);
}

function answerKey({ verdict, answers }: Answer): string {
  return answers.length === 0 ? verdict : JSON.stringify(answers.map(({ name }) => name));
}

function sorted(versions: readonly string[]): string[] {
  return [...new Set(versions)].sort(versionOrder);
}
