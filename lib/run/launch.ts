import type { CriClient } from '../cri/client.ts';
import { crictlConfigs } from '../cri/crictl.ts';
import { launchPod, type Pod } from '../cri/pod.ts';
import { containerConfig, sandboxConfig, type PodSpec } from '../cri/pod-spec.ts';
import { requestFacts } from '../cri/request-facts.ts';
import { NotRestoredError } from '../hosts/shared/changes.ts';
import type { Remote } from '../hosts/host.ts';
import { sweepHost } from '../probe/host-sweep.ts';
import type { Fixtures } from '../model/fixtures.ts';
import { type CallTiming } from '../model/cri-request.ts';
import { type HostReport } from '../model/host-report.ts';
import { type Leftovers, type Observation, Replay } from '../model/observation.ts';
import { type Outcome } from '../model/outcome.ts';
import { runtimeFacts } from '../runtimes/facts.ts';
import type { PodScenario } from '../suite/scenario.ts';
import { monotonicMs } from '../util/clock.ts';
import { recordedDriver } from '../model/cgroup-driver.ts';
import type { Cohort } from './cohort.ts';
import { reloadDaemon } from './daemon-reload.ts';
import { failure } from './failure.ts';
import { look, type Facts } from './look.ts';
import type { GuestBoots } from './guest-boots.ts';
import { setHostState, stateNodes } from './host-state.ts';
import { endingLostGuest, mayLoseGuest } from './lost-guest.ts';
import type { PodCgroups } from './pod-cgroup.ts';
import { withLogs, type Ids } from './pod-logs.ts';
import { forgetOldRuntimeDirectories, whatIsLeft } from './removal.ts';
import { podSpec, probeArguments } from './request.ts';
import type { WorkerCell, WorkerContext } from './worker-context.ts';

export interface Launch {
  context: WorkerContext;
  cell: WorkerCell;
  suite: string;
  scenario: PodScenario;
  /** A client whose finished calls go to `calls`. */
  connect: (calls: CallTiming[]) => CriClient;
  remote: Remote;
  cgroups: PodCgroups;
  /** Those for whom the host is changed together with this one. */
  cohort: Cohort<CallTiming>;
  /** Of this cell. */
  boots: GuestBoots;
  signal: AbortSignal;
}

/** A scenario whose pod is gone. */
export interface Gone {
  seen: Observation;
  /** What was seen, with what the logs of the host say of it: to read them takes no pod. */
  withLogs: () => Promise<Observation>;
}

/** Launches the pod of a scenario, looks at everything, and removes it. Never throws: a failure is an outcome. */
export async function launch(task: Launch): Promise<Gone> {
  const { context, cell, scenario, remote } = task;
  const clock = (): number => Math.round(monotonicMs() - context.clockOrigin);
  const startMs = clock();
  const handler = cell.handlers[scenario.handler ?? 'plain'];
  if (handler === undefined)
    throw new Error(`Cannot launch ${scenario.id}: ${cell.facts.runtime.name} has no handler "${scenario.handler}"`);
  const fixtures = cell.facts.fixtures;
  if (fixtures === undefined) throw new Error(`Cannot launch ${scenario.id}: the host ${cell.facts.host} has no fixtures`);
  const cgroupDriver = recordedDriver(context.lease.engine.options['cgroupDriver']);
  const where = { handler, cell: cell.facts, fixtures, images: context.images, cgroupDriver };
  const spec = podSpec(scenario, where);
  const attempts = probeArguments(scenario.attempts ?? [], spec, fixtures, fixtureNumbers(fixtures));
  const [sandbox, container] = [sandboxConfig(spec), containerConfig(spec)];
  const calls: CallTiming[] = [];
  const ids: Ids = { sandbox: '', container: '' };
  await using client = task.connect(calls);
  const seen: Seen = { facts: {}, left: undefined, ran: false };
  const life = { spec, attempts, twin: podSpec(scenario, where), fixtures, ids, seen, calls, clock };
  const error = await live(task, client, life).catch((thrown: unknown) => thrown);
  // A pod that ran and could not be removed did run: the removal is judged by what it left.
  const outcome: Outcome = seen.ran && !(error instanceof NotRestoredError) ? { kind: 'ran' } : failure(error);
  const { facts, left } = seen;
  const runtime = context.engine.runtimes[handler];
  const observation: Observation = {
    schema: 1,
    cell: cell.facts.id,
    lease: context.lease.lease,
    suite: task.suite,
    scenario: scenario.id,
    startMs,
    endMs: clock(),
    outcome,
    request: requestFacts({ handler, sandbox, container, imageUser: scenario.pod.imageUser }),
    identity: {
      engineName: context.lease.engine.reportedName,
      engineVersion: context.lease.engine.reportedVersion,
      runtimePath: runtime?.path ?? '',
      runtimeSha256: runtime?.sha256 ?? '',
      stateOf: null,
    },
    ...facts,
    ...(left === undefined ? {} : { leftovers: left }),
    calls,
    engineLog: '',
    replay: Replay.parse({
      ...crictlConfigs(sandbox, container),
      probe: attempts,
      nodes: stateNodes(scenario.hostState, fixtures),
      twin: scenario.twin,
      killVmm: scenario.killVmm,
      meanwhile: scenario.meanwhile,
    }),
  };
  return {
    seen: observation,
    withLogs: () => withLogs(observation, { remote, log: context.engine.log, ids, planned: runtime?.configuration }),
  };
}

/** What was seen up to now, also when a later step fails. */
interface Seen {
  facts: Facts;
  left: Leftovers | undefined;
  ran: boolean;
}

interface Life {
  spec: PodSpec;
  attempts: readonly string[];
  twin: PodSpec;
  fixtures: Fixtures;
  ids: Ids;
  seen: Seen;
  calls: CallTiming[];
  /** Milliseconds since the run started. */
  clock: () => number;
}

/** From the first change of the host to the last sweep. Throws what the first failed step threw. */
async function live(task: Launch, client: CriClient, life: Life): Promise<void> {
  const { scenario, remote, cgroups, signal } = task;
  const { spec, attempts, twin, fixtures, ids, seen, calls, clock } = life;
  await using member = await task.cohort.join(() => setHostState(remote, scenario.hostState, fixtures));
  if (scenario.afterRemoval === true && runtimeFacts(task.cell.facts.runtime.name).guest?.process === 'vmm')
    await forgetOldRuntimeDirectories(remote);
  const before = scenario.afterRemoval === true ? await sweepHost(remote, { sandboxId: '', containerId: '' }) : undefined;
  try {
    using _cgroup = cgroups.of(spec.cgroupParent);
    const ours = (answered?: () => void): Promise<Pod> => {
      const onId = (kind: keyof Ids, id: string): void => {
        ids[kind] = id;
        if (kind === 'sandbox') answered?.();
      };
      return launchPod(client, spec, { signal, onId });
    };
    await using pod = await (mayLoseGuest(task.cell, scenario) ? endingLostGuest(remote, task.boots, ours) : ours());
    using _twinCgroup = cgroups.of(twin.cgroupParent);
    await using second = scenario.twin === true ? await launchPod(client, twin, { signal }) : undefined;
    if (scenario.meanwhile === 'daemon-reload') calls.push(await member.once(() => reloadDaemon(remote, clock)));
    const hostLast = stateNodes(scenario.hostState, fixtures).length > 0;
    seen.facts = await look(task, pod, { handler: spec.handler, attempts, hostLast });
    if (second !== undefined && seen.facts.host !== undefined)
      seen.facts.host.twin = (await sweepHost(remote, second, { signal })).processes;
    if (scenario.killVmm === true) await killVmm(remote, seen.facts.host?.processes ?? []);
    seen.ran = true;
  } finally {
    if (before !== undefined) seen.left = await whatIsLeft(remote, before, ids);
  }
}

/** Only the VMM of this sandbox, by pid and start time. */
async function killVmm(remote: Remote, processes: HostReport['processes']): Promise<void> {
  for (const { pid, start, role } of processes) {
    if (role !== 'vmm') continue;
    const script = '[ "$(sed "s/.*) //" "/proc/$1/stat" | cut -d " " -f 20)" = "$2" ] && kill -9 "$1"';
    const { exitCode, stderr } = await remote.exec(['sh', '-c', script, 'sh', String(pid), String(start)]);
    if (exitCode !== 0)
      throw new Error(`Cannot kill the VMM ${pid}: it is no longer the process that was seen: ${stderr.trim()}`);
  }
}

/** Type and numbers of the fixtures that a pod may make a node like: those that fixtures.ts makes with fixed numbers. */
function fixtureNumbers(fixtures: NonNullable<WorkerCell['facts']['fixtures']>): ReadonlyMap<string, string> {
  return new Map([[fixtures.char, 'c:10:229']]);
}
