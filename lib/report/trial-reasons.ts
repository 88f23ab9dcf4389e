import { ownLabel } from './own-name.ts';
import { works } from '../model/trial-answer.ts';
import type { Attempt, Trial } from '../model/trial.ts';

/** Why a pod as it is cannot do what it is given the right to, and the cells where this is so. */
export interface Reason {
  says: string;
  /** Names of cells; none where it is so in all. */
  where: string[];
}

/** Each reason once, in the order of the cells. */
export function reasonsOf({ attempts, cells }: Trial): Reason[] {
  const reasons = new Map<string, string[]>();
  for (const attempt of attempts.filter(({ fix }) => fix === undefined)) {
    const cell = cells.find(({ id }) => id === attempt.cell);
    const name = `${ownLabel(cell?.engine ?? '')} with ${cell?.runtime ?? ''}`;
    for (const says of reasonsIn(attempt)) reasons.set(says, [...(reasons.get(says) ?? []), name]);
  }
  return [...reasons].map(([says, names]) => ({ says, where: names.length === cells.length ? [] : names }));
}

function reasonsIn(attempt: Attempt): string[] {
  if (attempt.outcome !== 'ran') return [attempt.reason ?? attempt.outcome];
  return attempt.containers.flatMap(({ name, devices, notHeld, noNewPrivileges }) => [
    ...devices.flatMap(({ path, decider, says }) => (decider === undefined ? [] : [`${path}, the ${decider}: ${says}`])),
    ...(notHeld.length === 0
      ? []
      : [
          `${notHeld.join(', ')}: container ${name} adds ${notHeld.length === 1 ? 'it, and its process does not have it' : 'them, and its process does not have them'}, as it is not root; ${
            noNewPrivileges
              ? 'with allowPrivilegeEscalation: false no program gains a capability'
              : 'only a program with file capabilities gains one'
          }`,
        ]),
  ]);
}

/** `Why it fails`, or what is remarkable where all devices open. */
export function reasonsTitle({ attempts }: Trial): string {
  return attempts.filter(({ fix }) => fix === undefined).every(works) ? 'What it cannot do' : 'Why it fails';
}
