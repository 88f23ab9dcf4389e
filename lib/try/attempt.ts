import { hostKindFacts } from '../hosts/facts.ts';
import { randomUUID } from 'node:crypto';
import { crictlJson } from '../cri/crictl.ts';
import { criClient, type CriClient } from '../cri/client.ts';
import { CriError } from '../cri/error.ts';
import { ContainerConfigSchema, PodSandboxConfigSchema, type ContainerConfig } from '../cri/gen/cri_pb.js';
import { podDirectory, podLogDirectory } from '../cri/kubelet/names.ts';
import { kubeletRequest, type ContainerRequest } from '../cri/kubelet/request.ts';
import { launchSandbox } from '../cri/pod.ts';
import type { CallTiming } from '../model/cri-request.ts';
import { Observation, Replay } from '../model/observation.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Attempt } from '../model/trial.ts';
import { allContainers, type Pod } from '../manifest/pod.ts';
import { observePod } from '../probe/observe.ts';
import { failure } from '../run/failure.ts';
import { runtimeOf } from '../run/runtime-state.ts';
import { PodCgroups } from '../run/pod-cgroup.ts';
import { factsOf } from '../run/open-work.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { messageOf } from '../util/errors.ts';
import { changed } from './change.ts';
import type { PlacedDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import type { Found } from './found.ts';
import { observed } from './observed.ts';
import type { Place } from './place.ts';
import { placementOf } from './placement.ts';
import { KubeletRefusal, makeNodeObjects } from './node-objects.ts';
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
  const head = { cell: cell.id, ...(fix === undefined ? {} : { fix: fix.id }) };
  const uid = randomUUID();
  const wanted = fix === undefined ? pod : changed(pod, fix.changes);
  if (!setting.host.facts.disposable && isPrivileged(wanted)) {
    const reason = `a privileged pod would reach ${setting.host.id}, which is neither a VM of podproof nor marked as disposable`;
    return { attempt: { ...head, outcome: 'not tried', reason, containers: [] }, found: [], observations: [] };
  }
  const placement = placementOf(place, wanted, devices, uid, fix);
  const request = kubeletRequest(node, wanted, placement);
  const calls: CallTiming[] = [];
  const launched: Launched = { attempt: { ...head, outcome: 'ran', containers: [] }, found: [], observations: [] };
  const startMs = place.now();
  // The pod as it is is the scenario that is asked about; what fixes come to stands beside it.
  const seenBy = ({ name }: ContainerRequest) => ({
    ...{ handler: request.handler, startMs, calls },
    scenario: `${scenarios.get(name) ?? name}${fix === undefined ? '' : `+${fix.id}`}`,
  });
  try {
    const refused = request.containers.find((container) => container.refused !== undefined)?.refused;
    // Its words have the pod's random id, by which two cells would differ.
    if (refused !== undefined) throw new KubeletRefusal(refused.replaceAll(uid, 'UID'));
    await using _objects = await makeNodeObjects(setting.host, request.node, {
      directories: [podDirectory(node, placement), podLogDirectory(node, wanted, placement)],
      own: hostKindFacts(cell.host.spec).ownMachine,
    });
    await using cgroups = new PodCgroups(setting.host);
    using _cgroup = cgroups.of(request.sandbox.linux?.cgroupParent);
    await using client = clientOf(place, calls);
    const { handler, sandbox: config } = request;
    await using sandbox = await launchSandbox(
      client,
      { name: wanted.metadata.name, labels: { 'io.kubernetes.pod.uid': uid }, handler, config },
      { signal },
    );
    for (const container of request.containers) {
      const own = devices.filter((device) => device.container === container.name);
      const attempts = attemptsFor(own, place.disks);
      const probed = withProbe(container.config, place.imageOf(container.name).own);
      const running = await sandbox.start(probed);
      const { runtimeState, runtimeFile } = place.engine.config;
      const [seen, runtime] = await Promise.all([
        observePod(running, setting.host, attempts, { signal }),
        runtimeOf(setting.host, running.containerId, { runtimeState, runtimeFile, planned: place.engine.runtimes[handler] }),
      ]);
      const observation = Observation.parse({
        ...observed(place, container, { ...seenBy(container), outcome: { kind: 'ran' }, runtime }),
        ...seen,
        replay: Replay.parse({
          sandbox: crictlJson(PodSandboxConfigSchema, config),
          container: crictlJson(ContainerConfigSchema, probed),
          probe: attempts,
        }),
      });
      const evidence = { observation, lease: place.record, cell: factsOf(cell, setting), guest: seen.guest };
      const added = addedTo(container.config);
      const { sight, found } = sightOf(container.name, own, place.disks, { ...evidence, opened: fix?.give === 'opened', added });
      launched.attempt.containers.push(sight);
      launched.found.push(found);
      launched.observations.push(observation);
      if (container.role === 'init') await sandbox.stop(running);
    }
    return launched;
  } catch (error) {
    signal.throwIfAborted();
    const outcome: Outcome =
      error instanceof KubeletRefusal
        ? { kind: 'refused', call: 'kubelet', code: 'InvalidArgument', message: error.message }
        : failure(error);
    if (outcome.kind !== 'refused') await setting.host.assertAlive();
    const unseen = request.containers.slice(launched.observations.length);
    launched.observations.push(
      ...unseen.map((container) => Observation.parse(observed(place, container, { ...seenBy(container), outcome }))),
    );
    const words = error instanceof CriError ? `${error.call}: ${error.raw}` : messageOf(error);
    // By its random ids the same reason would be another one in each cell.
    const reason = words.replaceAll(uid, 'UID').replaceAll(/\b[0-9a-f]{64}\b/g, 'ID');
    return { ...launched, attempt: { ...launched.attempt, outcome: outcome.kind === 'refused' ? 'refused' : 'error', reason } };
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

function isPrivileged({ spec }: Pod): boolean {
  return allContainers(spec).some(({ securityContext }) => securityContext?.privileged === true);
}

/** Capabilities that the manifest adds; a privileged container is asked for with all of them, whatever it adds. */
function addedTo({ linux }: ContainerConfig): string[] {
  const { privileged = false, capabilities } = linux?.securityContext ?? {};
  return privileged ? [] : (capabilities?.addCapabilities ?? []);
}

/** What waits for the probe, in place of the container's entry point; the probe's own image lacks the directories of others. */
function withProbe(config: ContainerConfig, own = false): ContainerConfig {
  const command = own ? '/podproof/pause' : '/pause';
  const workingDir = own ? config.workingDir : '';
  return { ...config, command: [command], args: [], workingDir, stdin: false, stdinOnce: false, tty: false };
}
