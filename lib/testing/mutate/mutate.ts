import { random } from '../../util/random.ts';
import { seenBy } from '../../judge/answer.ts';
import { exhibit, judge } from '../../judge/judge.ts';
import { knownIssues } from '../../../suites/known-issues.ts';
import { reasonAllowed } from './allowed.ts';
import type { Case } from './cases.ts';
import { otherValue } from './other-value.ts';
import { pattern, valueAt, watched, withValue, type Place } from './watch.ts';

export interface Mutations {
  tried: number;
  /** Of these, by the reason why nobody need see them. */
  allowed: Record<string, number>;
  /** What changed without another answer, and without a reason. */
  untraced: string[];
}

/** Changes `count` recorded values that questions read, one at a time, and sees whether the answer does. The same for one seed. */
export function mutate(cases: readonly Case[], { count, seed }: { count: number; seed: number }): Mutations {
  const dice = random(seed);
  const result: Mutations = { tried: 0, allowed: {}, untraced: [] };
  while (result.tried < count) {
    const one = dice.pick(cases);
    const places = readBy(one);
    // A question that only foresees refusals reads nothing of what a pod shows.
    if (places.length === 0) continue;
    const place = dice.pick(places);
    result.tried++;
    const value = valueAt(one.evidence, place);
    const evidence = withValue(one.evidence, place, otherValue(value, dice, String(place.at(-1))));
    const [before, after] = [
      judge(one.question, exhibit(one.evidence, one.planned), knownIssues),
      judge(one.question, exhibit(evidence, one.planned), knownIssues),
    ];
    if (before.verdict !== after.verdict || before.answer !== after.answer) continue;
    const why = reasonAllowed(one, place, before.answer);
    if (why !== undefined) result.allowed[why] = (result.allowed[why] ?? 0) + 1;
    else {
      const { cell, scenario } = one.evidence.observation;
      result.untraced.push(
        `${one.question.id} ${scenario} ${cell} ${pattern(place)}: ${JSON.stringify(value)} → ${JSON.stringify(valueAt(evidence, place))}, ${before.answer}`,
      );
    }
  }
  return result;
}

/** The places that a question reads of its evidence. */
export function readBy({ question, evidence }: Case): Place[] {
  const places = new Map<string, Place>();
  seenBy(
    question,
    watched(
      { observation: evidence.observation, lease: evidence.lease, cell: evidence.cell, contrast: evidence.contrast },
      (place) => {
        if (place[0] === 'observation' || place[0] === 'lease') places.set(place.join(' '), place);
      },
    ),
  );
  return [...places.values()];
}
