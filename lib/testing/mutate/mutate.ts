import { random } from '../../util/random.ts';
import { seenBy } from '../../judge/answer.ts';
import { exhibit, judge } from '../../judge/judge.ts';
import { knownIssues } from '../../../suites/known-issues.ts';
import { reasonAllowed } from './allowed.ts';
import type { Case } from './cases.ts';
import { otherValue } from './other-value.ts';
import { pattern, valueAt, watched, withValue, type KeyPath } from './watch.ts';

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
    const keyPaths = readBy(one);
    // A question that only foresees refusals reads nothing of what a pod shows.
    if (keyPaths.length === 0) continue;
    const keyPath = dice.pick(keyPaths);
    result.tried++;
    const value = valueAt(one.evidence, keyPath);
    const evidence = withValue(one.evidence, keyPath, otherValue(value, dice, String(keyPath.at(-1))));
    const [before, after] = [
      judge(one.question, exhibit(one.evidence, one.planned), knownIssues),
      judge(one.question, exhibit(evidence, one.planned), knownIssues),
    ];
    if (before.verdict !== after.verdict || before.answer !== after.answer) continue;
    const why = reasonAllowed(one, keyPath, before.answer);
    if (why !== undefined) result.allowed[why] = (result.allowed[why] ?? 0) + 1;
    else {
      const { cell, scenario } = one.evidence.observation;
      result.untraced.push(
        `${one.question.id} ${scenario} ${cell} ${pattern(keyPath)}: ${JSON.stringify(value)} → ${JSON.stringify(valueAt(evidence, keyPath))}, ${before.answer}`,
      );
    }
  }
  return result;
}

/** The paths that a question reads of its evidence. */
export function readBy({ question, evidence }: Case): KeyPath[] {
  const keyPaths = new Map<string, KeyPath>();
  seenBy(
    question,
    watched(
      { observation: evidence.observation, lease: evidence.lease, cell: evidence.cell, contrast: evidence.contrast },
      (keyPath) => {
        if (keyPath[0] === 'observation' || keyPath[0] === 'lease') keyPaths.set(keyPath.join(' '), keyPath);
      },
    ),
  );
  return [...keyPaths.values()];
}
