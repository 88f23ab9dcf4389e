import { symptomOf } from '../judge/symptoms.ts';
import type { HostFacts } from '../model/host-facts.ts';
import type { Observation } from '../model/observation.ts';
import { losesGuests } from '../run/lost-guest.ts';
import type { RuntimeName } from '../runtimes/facts.ts';

/** How the guest of a pod was lost, which says nothing of the pod: where KVM itself is emulated it happens now and then. */
export function lostGuest(
  runtime: RuntimeName,
  host: Pick<HostFacts, 'accelerator'>,
  observations: ReadonlyArray<Pick<Observation, 'outcome'>>,
): string | undefined {
  if (!losesGuests(runtime, host)) return undefined;
  return observations.map(({ outcome }) => symptomOf(outcome)).find((symptom) => symptom !== undefined);
}
