import { describe, expect, it } from 'vitest';
import { recordedCases } from '../testing/mutate/cases.ts';
import { mutate, readBy } from '../testing/mutate/mutate.ts';
import { kindOf, kindsOf, triedIn } from '../testing/mutate/present.ts';
import { unread } from '../testing/mutate/unread.ts';
import type { Observation } from '../model/observation.ts';

const cases = await recordedCases();
const readOf = new Map<Observation, Set<string>>();
const kindsRead = new Set<string>();
for (const one of cases) {
  const { observation } = one.evidence;
  const places = readOf.get(observation) ?? new Set();
  readOf.set(observation, places);
  for (const keyPath of readBy(one)) {
    places.add(keyPath.join(' '));
    kindsRead.add(kindOf(keyPath));
  }
}
const reasonFor = (what: string): string | undefined => unread.find((row) => row.what.test(what))?.why;

const recorded = new Set<string>();
const tried = new Map<string, boolean>();
for (const [observation, places] of readOf) {
  kindsOf(observation, 'observation', recorded);
  for (const { what, keyPath } of triedIn(observation))
    tried.set(what, tried.get(what) === true || places.has(keyPath.join(' ')));
}
const silentKinds = [...recorded].filter((kind) => !kindsRead.has(kind)).map((kind) => kind.replace(/^observation\./, ''));
const silentTries = [...tried].flatMap(([what, read]) => (read ? [] : [what]));

describe('what is recorded', () => {
  it('is read by a question, or named with a reason why nobody asks', () => {
    expect(recorded.size).toBeGreaterThan(80);
    expect(silentKinds.filter((kind) => reasonFor(kind) === undefined)).toEqual([]);
  });

  it('of what a pod tried, and of the nodes that it was given, is read in its own scenario', () => {
    expect(tried.size).toBeGreaterThan(60);
    expect(silentTries.filter((what) => reasonFor(what) === undefined)).toEqual([]);
  });

  it('and not read is all that a reason names', () => {
    const silent = [...silentKinds, ...silentTries];
    expect(unread.filter(({ what }) => !silent.some((each) => what.test(each))).map(({ what }) => String(what))).toEqual([]);
  });

  it('and read changes the answer when it is another value, but for what is listed with a reason', () => {
    const { tried, untraced } = mutate(cases, { count: 1_000, seed: 17 });
    expect(tried).toBe(1_000);
    expect(untraced).toEqual([]);
  });
});
