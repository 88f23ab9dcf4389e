import { versionsAtHand } from '../artifacts/at-hand.ts';
import { packageIndexes } from '../artifacts/indexes.ts';
import { newestOf, type NewestOptions } from '../artifacts/newest.ts';
import { hostKindFacts } from '../hosts/facts.ts';
import { componentKey, componentsOf, type Component, type Plan, type PlannedCell } from '../model/cell.ts';
import type { Matrix } from '../model/matrix/matrix.ts';
import { newest } from '../model/version.ts';
import type { FoundVersions } from '../plan/cells.ts';
import { neighbours, planQualification, type QualificationOptions, type Subject } from '../plan/qualification.ts';
import { BlockedError, sentenceOf } from '../util/errors.ts';
import { cacheDirectory } from '../util/paths.ts';

export interface Asking extends Pick<NewestOptions, 'lastAnswerMs'> {
  signal: AbortSignal;
  progress: (text: string) => void;
}

/**
 * Looks up what the floating versions of these cells come to. One that cannot be looked up is left out, with a line that says
 * why: its cells will be blocked, and others go on.
 */
export async function findVersions(
  cells: readonly PlannedCell[],
  { signal, progress, lastAnswerMs }: Asking,
): Promise<FoundVersions> {
  const found = new Map<string, string>();
  const cache = cacheDirectory();
  await using indexes = packageIndexes(cache);
  for (const { component, allowExpiredRelease } of distinctComponents(cells)) {
    const { name, source } = component;
    if (component.version !== newest || source.kind !== 'deb') continue;
    try {
      const { version, debian } = await newestOf(name, source, {
        ...{ cache, indexes, allowExpiredRelease, signal, progress, lastAnswerMs },
      });
      progress(`${name}: newest of ${source.suite} is ${version} (${debian})`);
      found.set(componentKey(component), version);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BlockedError)) throw error;
      progress(`${name}: newest of ${source.suite} is unknown: ${sentenceOf(error)}`);
    }
  }
  return found;
}

/** Every engine, runtime and set of CNI plugins of some cells once, and whether all of their hosts accept an index past its date. */
export function distinctComponents(cells: readonly PlannedCell[]) {
  const components = new Map<string, { key: string; component: Component; allowExpiredRelease: boolean }>();
  for (const cell of cells) {
    for (const component of componentsOf(cell)) {
      const key = componentKey(component);
      // The CNI plugins are for all hosts: what one of them does not accept is not for it.
      const others = components.get(key)?.allowExpiredRelease ?? true;
      components.set(key, { key, component, allowExpiredRelease: others && acceptsExpired(cell) });
    }
  }
  return [...components.values()];
}

function acceptsExpired({ host: { spec } }: PlannedCell): boolean {
  return hostKindFacts(spec).allowsExpiredRelease?.(spec) ?? false;
}

/** The plan of a qualification, after a look at what the floating versions come to and at what this machine has. */
export async function qualificationPlan(
  matrix: Matrix,
  subject: Subject,
  options: Omit<QualificationOptions, 'found' | 'atHand'>,
  asking: Asking,
): Promise<{ plan: Plan; against: string }> {
  const found = await findVersions(neighbours(matrix, subject, options), asking);
  const atHand = await versionsAtHand(subject.name, cacheDirectory());
  return planQualification(matrix, subject, { ...options, found, atHand });
}
