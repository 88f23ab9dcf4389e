import { BlockedError } from '../../util/errors.ts';
import type { Host, Remote } from '../host.ts';
import type { HostNeeds, KernelFeature, MissingFeatures } from '../needs.ts';
import type { FixturePlan } from './fixture-plan.ts';
import { questionOf, readPreflight } from './preflight.ts';
import { howToLoad, problemsOf } from './preflight-problems.ts';

/**
 * Asks a host in one round trip whether engines and pods can be started on it. `what` names it: "ssh host metal-1". Returns what
 * only some cells will miss. Throws BlockedError, with a sentence for each thing that is wrong, where no cell can be tried.
 */
export async function assertFit(
  what: string,
  remote: Remote,
  needs: HostNeeds,
  fixtures: Pick<FixturePlan, 'disks'>,
): Promise<MissingFeatures> {
  const asked = questionOf(needs, fixtures);
  const preflight = await readPreflight(what, remote, asked);
  const problems = problemsOf(preflight, asked);
  if (problems.length > 0)
    throw new BlockedError(`Cannot use ${what}: ${problems.map(({ found }) => found).join('; ')}`, {
      remedy: [...new Set(problems.map(({ remedy }) => remedy))].join(', and '),
    });
  return Object.fromEntries(
    asked.ofSome.flatMap((name) => (name in preflight.missingFeatures ? [[name, preflight.missingFeatures[name]]] : [])),
  );
}

/** Why cells that need these features cannot be tried on this host, or undefined. */
export function reasonMissing(
  { id, missingFeatures }: Pick<Host, 'id' | 'missingFeatures'>,
  features: readonly KernelFeature[],
): BlockedError | undefined {
  const missing = features.filter((feature) => feature in missingFeatures);
  if (missing.length === 0) return undefined;
  const said = missing.map((feature) => `${feature} (${missingFeatures[feature]})`).join(', ');
  return new BlockedError(`The kernel of host ${id} has no ${said}`, { remedy: howToLoad(missing) });
}
