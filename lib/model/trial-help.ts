import { asItIs, isWhole, notHeld, works } from './trial-answer.ts';
import type { Attempt, Trial, TrialFix } from './trial.ts';

/** A fix that is worth naming first, what it is for, and in how many cells it helps. */
export interface Help {
  aim: string;
  fix: TrialFix;
  /** Cells where it helps, of those where the pod as it is needs help. */
  cells: number;
  of: number;
  /** Where it does not, or was not tried: `not in …; not tried in …`. */
  elsewhere: string;
}

/**
 * The smallest change by which the devices open; where that is made on the nodes, the smallest of the manifest too; and what gives
 * the capabilities that its process lacks. Each fix once. Privileges are no advice: they stand in the table, with what they cost.
 */
export function helpsOf(trial: Trial): Help[] {
  const bare = asItIs(trial);
  const missing = [...new Set(bare.flatMap(notHeld))];
  const smallest = bare.every(works) ? undefined : smallestOf(trial, 'Smallest change', works, () => true);
  const inManifest =
    smallest?.fix.by === 'node'
      ? smallestOf(trial, 'In the manifest alone', works, ({ by, id }) => by === 'manifest' && !id.startsWith('privileged'))
      : undefined;
  const whole = missing.length === 0 ? undefined : smallestOf(trial, `For ${missing.join(', ')}`, isWhole, () => true);
  const all = [smallest, inManifest, whole].filter((help) => help !== undefined);
  return all.filter(({ fix }, at) => all.findIndex((other) => other.fix.id === fix.id) === at);
}

function smallestOf(
  trial: Trial,
  aim: string,
  helps: (attempt: Attempt) => boolean,
  fits: (fix: TrialFix) => boolean,
): Help | undefined {
  const { fixes, attempts } = trial;
  const needy = asItIs(trial)
    .filter((attempt) => !helps(attempt))
    .map(({ cell }) => cell);
  const counted = fixes.filter(fits).map((fix) => ({
    ...{ aim, fix, of: needy.length },
    cells: attempts.filter((attempt) => attempt.fix === fix.id && needy.includes(attempt.cell) && helps(attempt)).length,
  }));
  const most = Math.max(0, ...counted.map(({ cells }) => cells));
  const best = most === 0 ? undefined : counted.find(({ cells }) => cells === most);
  return best && { ...best, elsewhere: elsewhereOf(trial, best.fix.id, needy, helps) };
}

/** Where a fix does not help, and where a pod that needs help was not tried with it, in words. */
function elsewhereOf(
  { attempts, cells }: Trial,
  fix: string,
  needy: readonly string[],
  helps: (attempt: Attempt) => boolean,
): string {
  const tried = attempts.filter((attempt) => attempt.fix === fix);
  const not = tried.filter((attempt) => !helps(attempt)).map(({ cell }) => cell);
  const untried = cells.map(({ id }) => id).filter((id) => needy.includes(id) && !tried.some(({ cell }) => cell === id));
  return [
    ...(not.length > 0 ? [`not in ${not.join(', ')}`] : []),
    ...(untried.length > 0 ? [`not tried in ${untried.join(', ')}`] : []),
  ].join('; ');
}
