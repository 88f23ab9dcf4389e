import { randomUUID } from 'node:crypto';
import { criClient, type CriClient } from '../cri/client.ts';
import { CriError } from '../cri/error.ts';
import type { ContainerConfig } from '../cri/gen/cri_pb.js';
import { kubeletRequest } from '../cri/kubelet/request.ts';
import type { CallTiming } from '../model/cri-request.ts';
import { Observation } from '../model/observation.ts';
import { withoutBacktrace } from '../model/outcome-text.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Attempt } from '../model/trial.ts';
import { allContainers, type Pod } from '../manifest/pod.ts';
import { observePod } from '../probe/observe.ts';
import { runtimeOf } from '../probe/runtime-state.ts';
import { failure } from '../run/failure.ts';
import { factsOf } from '../run/open-work.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { messageOf } from '../util/errors.ts';
import { byEngine } from './by-engine.ts';
import { byKubelet } from './by-kubelet.ts';
import { changed } from './change.ts';
import type { PlacedDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import type { Found } from './found.ts';
import { KubeletRefusal } from './node-objects.ts';
import { observed } from './observed.ts';
import { mountingOpened } from './opened.ts';
import type { Place } from './place.ts';
import { placementOf } from './placement.ts';
import { attemptsFor, sightOf } from './sight.ts';

export interface Launched {
  attempt: Attempt;
  found: Found[];
  observations: Observation[];
}

/** Launches the pod, as it is or with a fix, looks at every container, and removes it. An engine's refusal is an outcome. */
export async function launchTrial(
  place: Place,
  pod: Pod,
  { devices, scenarios }: { devices: readonly PlacedDevice[]; scenarios: ReadonlyMap<string, string> },
  fix?: Fix,
): Promise<Launched> {
  const { cell, setting, node, signal } = place;
  const head = { cell: cell.id, fix: fix?.id };
  const uid = randomUUID();
  const change = fix === undefined ? pod : changed(pod, fix.changes);
  const wanted = fix?.give === 'opened' ? mountingOpened(change, devices) : change;
  const never = reasonNever(place, wanted, fix);
  if (never !== undefined)
    return { attempt: { ...head, outcome: 'not tried', reason: never, containers: [] }, found: [], observations: [] };
  const placement = placementOf(place, wanted, devices, uid, fix);
  const request = kubeletRequest(node, wanted, placement);
  const calls: CallTiming[] = [];
  await using client = clientOf(place, calls);
  const way =
    place.kubelet === undefined
      ? byEngine(place, client, wanted, { request, placement })
      : byKubelet(place, place.kubelet, client, wanted, { request, devices, fix });
  const { handler } = way;
  const launched: Launched = { attempt: { ...head, outcome: 'ran', containers: [] }, found: [], observations: [] };
  const startMs = place.now();
  const ofContainer = (name: string) => devices.filter((device) => device.container === name);
  // The pod as it is is the scenario that is asked about; what fixes come to stands beside it.
  const seenBy = (name: string) => ({
    ...{ handler, startMs, calls },
    scenario: `${scenarios.get(name) ?? name}${fix === undefined ? '' : `+${fix.id}`}`,
  });
  try {
    await using made = await way.begin();
    for (const container of request.containers) {
      const { name } = container;
      const own = ofContainer(name);
      const attempts = attemptsFor(own, place.disks);
      const running = await made.run(container);
      const { engine } = place;
      const { runtime: traces, ...seen } = await observePod(running, setting.host, engine.config, attempts, { signal });
      const runtime = runtimeOf(traces, engine.runtimes[handler]);
      const asked = await way.asked(name, attempts);
      const observation = Observation.parse({
        ...observed(place, asked, { ...seenBy(name), outcome: { kind: 'ran' }, runtime }),
        ...seen,
      });
      const evidence = { observation, lease: place.record, cell: factsOf(cell, setting), guest: seen.guest };
      const added = addedTo(container.config);
      const { sight, found } = sightOf(name, own, place.disks, { ...evidence, opened: fix?.give === 'opened', added });
      launched.attempt.containers.push(sight);
      launched.found.push(found);
      launched.observations.push(observation);
      if (container.role === 'init') await made.end(running);
    }
    return { ...launched, attempt: { ...launched.attempt, ...asOtherwise(launched.observations) } };
  } catch (error) {
    signal.throwIfAborted();
    const outcome: Outcome =
      error instanceof KubeletRefusal
        ? { kind: 'refused', call: 'kubelet', code: 'InvalidArgument', message: way.neutral(error.message) }
        : failure(error);
    if (outcome.kind !== 'refused') await setting.host.assertAlive();
    for (const { name } of request.containers.slice(launched.observations.length)) {
      const asked = await way.asked(name, []);
      launched.observations.push(Observation.parse(observed(place, asked, { ...seenBy(name), outcome })));
    }
    const words = error instanceof CriError ? `${error.call}: ${error.raw}` : messageOf(error);
    // By its random ids the same reason would be another one in each cell.
    const reason = way.neutral(withoutBacktrace(words)).replaceAll(/\b[0-9a-f]{64}\b/g, 'ID');
    const attempt: Attempt = { ...launched.attempt, outcome: outcome.kind === 'refused' ? 'refused' : 'error', reason };
    return { ...launched, attempt: { ...attempt, ...asOtherwise(launched.observations) } };
  }

  function clientOf(
    {
      engine: {
        api,
        config: { socket },
      },
    }: Place,
    timings: CallTiming[],
  ): CriClient {
    return criClient({
      dial: () => setting.host.dial(socket),
      api,
      patience: hasGuest(cell.runtime) ? 4 : 1,
      onCall: (timing) => timings.push(timing),
      clock: place.now,
    });
  }
}

/** Why the pod is not launched here at all. */
function reasonNever({ setting: { host }, kubelet }: Place, pod: Pod, fix: Fix | undefined): string | undefined {
  if (!host.facts.disposable && isPrivileged(pod))
    return `a privileged pod would reach ${host.id}, which is neither a VM of podproof nor marked as disposable`;
  if (kubelet !== undefined && fix !== undefined && fix.handler !== 'plain')
    return 'it takes another handler of the engine, and a static pod has the default one: a RuntimeClass is an object of an API server';
  return undefined;
}

/** Where a kubelet asked for the pod otherwise than podproof does. */
function asOtherwise([first]: readonly Observation[]): Pick<Attempt, 'differences'> {
  return first?.kubelet === undefined ? {} : { differences: first.kubelet.differences };
}

function isPrivileged({ spec }: Pod): boolean {
  return allContainers(spec).some(({ securityContext }) => securityContext?.privileged === true);
}

/** Capabilities that the manifest adds; a privileged container is asked for with all of them, whatever it adds. */
function addedTo({ linux }: ContainerConfig): string[] {
  const { privileged = false, capabilities } = linux?.securityContext ?? {};
  return privileged ? [] : (capabilities?.addCapabilities ?? []);
}
