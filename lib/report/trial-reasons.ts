import { groupBy } from '../util/group-by.ts';
import { ownLabel } from './own-name.ts';
import { asItIs, hasSeveral, works } from '../model/trial-answer.ts';
import type { Attempt, Trial } from '../model/trial.ts';

/** Why a pod as it is cannot do what it is given the right to, and the cells where this is so. */
export interface Reason {
  says: string;
  /** Engines with their runtimes; none where it is so in all. */
  where: string[];
}

/** Each reason once, in the order of the cells. */
export function reasonsOf(trial: Trial): Reason[] {
  const { cells } = trial;
  const reasons = new Map<string, Trial['cells']>();
  for (const attempt of asItIs(trial)) {
    const own = cells.filter(({ id }) => id === attempt.cell);
    // Two containers may have the same.
    for (const says of new Set(reasonsIn(attempt, hasSeveral(trial)))) reasons.set(says, [...(reasons.get(says) ?? []), ...own]);
  }
  return [...reasons].map(([says, where]) => ({ says, where: where.length === cells.length ? [] : cellNames(where) }));
}

/** `CRI-O 1.36.3 with runc 1.1.15 and crun 1.21`. */
function cellNames(cells: Trial['cells']): string[] {
  return [...groupBy(cells, ({ engine }) => engine)].map(
    ([engine, own]) => `${ownLabel(engine)} with ${own.map(({ runtime }) => runtime).join(' and ')}`,
  );
}

function reasonsIn(attempt: Attempt, several: boolean): string[] {
  const { outcome, reason, cause } = attempt;
  if (outcome !== 'ran')
    return [`${reason ?? outcome}${cause === undefined ? '' : `; that is: ${cause.says} (npx podproof explain ${cause.id})`}`];
  return attempt.containers.flatMap(({ name, devices, notHeld, noNewPrivileges }) => [
    ...devices.flatMap(({ path, decider, says }) =>
      decider === undefined ? [] : [`${several ? `container ${name}, ` : ''}${path}, the ${decider}: ${says}`],
    ),
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
export function reasonsTitle(trial: Trial): string {
  return asItIs(trial).every(works) ? 'What it cannot do' : 'Why it fails';
}
