import { hostKindFacts } from '../hosts/facts.ts';
import { randomUUID } from 'node:crypto';
import { crictlJson } from '../cri/crictl.ts';
import { criClient, type CriClient } from '../cri/client.ts';
import { CriError } from '../cri/error.ts';
import { ContainerConfigSchema, NamespaceMode, PodSandboxConfigSchema, type ContainerConfig } from '../cri/gen/cri_pb.js';
import { podDirectory, podLogDirectory } from '../cri/kubelet/names.ts';
import type { KubeletNode } from '../cri/kubelet/node.ts';
import { kubeletRequest, type ContainerRequest } from '../cri/kubelet/request.ts';
import { launchSandbox } from '../cri/pod.ts';
import { handlerName } from '../engines/engine.ts';
import type { Engine } from '../engines/engine.ts';
import type { CallTiming } from '../model/cri-request.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import { Observation, Replay } from '../model/observation.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Attempt } from '../model/trial.ts';
import type { Pod } from '../manifest/pod.ts';
import { observePod } from '../probe/observe.ts';
import { failure } from '../run/failure.ts';
import { PodCgroups } from '../run/pod-cgroup.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import { factsOf } from '../run/open-work.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { changed } from './change.ts';
import type { PlacedDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import type { Found } from './found.ts';
import { placementOf, type Ground } from './placement.ts';
import { KubeletRefusal, makeNodeObjects } from './node-objects.ts';
import { attemptsFor, sightOf, type Disk } from './sight.ts';

/** Where pods are launched: one cell of a leased engine. */
export interface Place extends Ground {
  setting: HostSetting;
  engine: Engine;
  record: LeaseRecord;
  node: KubeletNode;
  disks: readonly Disk[];
  now: () => number;
  signal: AbortSignal;
}

export interface Launched {
  attempt: Attempt;
  found: Found[];
  observations: Observation[];
}

/** Launches the pod, as it is or with a fix, looks at every container, and removes it. An engine's refusal is an outcome. */
export async function launchTrial(place: Place, pod: Pod, devices: readonly PlacedDevice[], fix?: Fix): Promise<Launched> {
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
  const refused = request.containers.find((container) => container.refused !== undefined)?.refused;
  if (refused !== undefined)
    return { attempt: { ...head, outcome: 'refused', reason: refused, containers: [] }, found: [], observations: [] };

  const calls: CallTiming[] = [];
  const launched: Launched = { attempt: { ...head, outcome: 'ran', containers: [] }, found: [], observations: [] };
  try {
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
      const startMs = place.now();
      const own = devices.filter((device) => device.container === container.name);
      const probed = withProbe(container.config, place.imageOf(container.name).own);
      const running = await sandbox.start(probed);
      const seen = await observePod(running, setting.host, attemptsFor(own, place.disks), { signal });
      const observation = Observation.parse({
        ...observed(place, container, { fix, startMs, outcome: { kind: 'ran' }, calls }),
        ...seen,
        replay: Replay.parse({
          sandbox: crictlJson(PodSandboxConfigSchema, config),
          container: crictlJson(ContainerConfigSchema, probed),
          probe: attemptsFor(own, place.disks),
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
    if (error instanceof KubeletRefusal)
      return { ...launched, attempt: { ...launched.attempt, outcome: 'refused', reason: error.message } };
    if (error instanceof CriError)
      return { ...launched, attempt: { ...launched.attempt, outcome: 'refused', reason: `${error.call}: ${error.raw}` } };
    await setting.host.assertAlive();
    const outcome = failure(error);
    return {
      ...launched,
      attempt: { ...launched.attempt, outcome: 'error', reason: 'message' in outcome ? outcome.message : outcome.kind },
    };
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
  return [...spec.initContainers, ...spec.containers].some(({ securityContext }) => securityContext?.privileged === true);
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

function observed(
  { cell, record, engine, now }: Place,
  { name, config }: ContainerRequest,
  { fix, startMs, outcome, calls }: { fix: Fix | undefined; startMs: number; outcome: Outcome; calls: readonly CallTiming[] },
) {
  const security = config.linux?.securityContext;
  const handler = handlerName(cell.runtime, fix?.handler ?? 'plain');
  return {
    schema: 1,
    cell: cell.id,
    lease: record.lease,
    suite: 'try',
    scenario: `${fix?.id ?? 'as-it-is'}-${name}`,
    startMs,
    endMs: now(),
    outcome,
    request: {
      handler,
      privileged: security?.privileged ?? false,
      sandboxPrivileged: security?.privileged ?? false,
      ...(security?.runAsUser === undefined ? {} : { runAsUser: Number(security.runAsUser.value) }),
      ...(security?.runAsGroup === undefined ? {} : { runAsGroup: Number(security.runAsGroup.value) }),
      supplementalGroups: (security?.supplementalGroups ?? []).map(Number),
      devices: config.devices.map(({ hostPath, containerPath, permissions }) => ({ hostPath, containerPath, permissions })),
      cdiDevices: config.CDIDevices.map((device) => device.name),
      annotations: { ...config.annotations },
      hostNetwork: security?.namespaceOptions?.network === NamespaceMode.NODE,
      maskedPaths: security?.maskedPaths ?? [],
      readonlyPaths: security?.readonlyPaths ?? [],
    },
    identity: {
      engineName: record.engine.reportedName,
      engineVersion: record.engine.reportedVersion,
      runtimePath: engine.runtimes[handler]?.path ?? '',
      runtimeSha256: engine.runtimes[handler]?.sha256 ?? '',
      stateOf: null,
    },
    calls: [...calls],
  };
}
