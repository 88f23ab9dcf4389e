import { count } from '../util/words.ts';
import { isWiderThan } from './device-node.ts';
import type { Attempt, DeviceSight, Trial, TrialDevice } from './trial.ts';

/** What became of the manifest without any fix, cell by cell. */
export function asItIs({ attempts }: Trial): Attempt[] {
  return attempts.filter(({ fix }) => fix === undefined);
}

/** Whether everything that the pod was given opens for reading and writing. */
export function works({ outcome, containers }: Attempt): boolean {
  return outcome === 'ran' && containers.every(({ devices }) => devices.every(opens));
}

function opens({ read, write }: DeviceSight): boolean {
  return read === null && write === null;
}

/** One short word or two: what became of a device. */
export function deviceAnswer(sight: DeviceSight): string {
  if (sight.read !== null) return sight.read;
  if (sight.write !== null) return `read-only`;
  return isWider(sight) ? `opens, ${sight.guest?.mode}⚠` : 'opens';
}

/** The container's node lets everybody do more than the host's does. */
export function isWider({ host, guest }: DeviceSight): boolean {
  return host !== undefined && guest !== undefined && isWiderThan(guest, host);
}

/** What became of an attempt's devices, in a few characters for a table. */
export function attemptAnswer(attempt: Attempt): string {
  if (attempt.outcome !== 'ran') return attempt.outcome;
  const sights = attempt.containers.flatMap(({ devices }) => devices);
  const failing = sights.filter((sight) => !opens(sight));
  const [first] = failing;
  if (first === undefined) {
    const wide = sights.find(isWider);
    return sights.length === 0 ? 'runs' : wide === undefined ? 'opens' : deviceAnswer(wide);
  }
  return failing.length === sights.length ? deviceAnswer(first) : `${sights.length - failing.length} of ${sights.length} open`;
}

/** Capabilities that a container adds and its process has not, each once. */
export function notHeld({ containers }: Attempt): string[] {
  return [...new Set(containers.flatMap((container) => container.notHeld))];
}

/** The same as a clause with the reason. */
export function answerWords(attempt: Attempt): string {
  if (attempt.outcome !== 'ran') return `${attempt.outcome}: ${attempt.reason ?? 'no reason was given'}`;
  const bad = attempt.containers.flatMap(({ devices }) => devices).find((sight) => !opens(sight));
  const missing = notHeld(attempt);
  if (bad === undefined && missing.length > 0) return `${attemptAnswer(attempt)}, without ${missing.join(', ')}`;
  return bad === undefined ? attemptAnswer(attempt) : `${attemptAnswer(attempt)}, ${bad.path}: ${bad.decider ?? 'unknown'}`;
}

/** Whether a pod can use its devices, and has what capabilities its manifest adds. */
export function isWhole(attempt: Attempt): boolean {
  return works(attempt) && notHeld(attempt).length === 0;
}

/** What became of a device in some containers: at its path, or for the spare PCI function at those below it. */
export function sightsOf(
  { container, path, description }: TrialDevice,
  containers: Attempt['containers'],
): readonly DeviceSight[] {
  const own = containers.find(({ name }) => name === container)?.devices ?? [];
  return own.filter((sight) => sight.path === path || (description === undefined && sight.path.startsWith(`${path}/`)));
}

/** Whether devices are of several containers, so that a path does not say whose it is. */
export function hasSeveral({ devices }: Pick<Trial, 'devices'>): boolean {
  return new Set(devices.map(({ container }) => container)).size > 1;
}

/** The pod ran, or engine or kubelet refused it. */
function isAnswer({ outcome }: Attempt): boolean {
  return outcome === 'ran' || outcome === 'refused';
}

/** 0 where every pod can use all its devices in every cell as it is, 1 where one cannot, 75 where nothing of it is known. */
export function exitOf(trials: readonly Trial[]): 0 | 1 | 75 {
  const bare = trials.flatMap(asItIs);
  if (bare.some((attempt) => isAnswer(attempt) && !works(attempt))) return 1;
  return bare.some((attempt) => !isAnswer(attempt)) ||
    trials.some(({ cells }) => cells.some(({ blocked }) => blocked !== undefined))
    ? 75
    : 0;
}

/** The exit code and what it means: `Exit 1  as it is, a pod cannot use its devices in 3 of 4 cells`. */
export function exitText(trials: readonly Trial[]): string {
  const exit = exitOf(trials);
  const bare = trials.flatMap(asItIs);
  const failing = bare.filter((attempt) => !works(attempt)).length;
  const pods = trials.filter((trial) => !asItIs(trial).every(works)).length;
  const meaning = {
    0: 'every pod can use all its devices in every cell as it is',
    1:
      trials.length > 1
        ? `as they are, ${pods} of ${trials.length} pods cannot use their devices everywhere`
        : `as it is, a pod cannot use its devices in ${failing} of ${count(bare.length, 'cell')}`,
    75: 'some of it could not be tried; the reasons are above',
  };
  return `Exit ${exit}  ${meaning[exit]}`;
}
