import { afterAll, test } from 'vitest';
import { criClient } from '../cri/client.ts';
import { CriConnection } from '../cri/connection.ts';
import { connectRemote } from '../hosts/shared/remote.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { worthRetry } from '../judge/symptoms.ts';
import { appendRecord } from '../record/ndjson.ts';
import type { CallTiming } from '../model/cri-request.ts';
import type { Observation } from '../model/observation.ts';
import type { Outcome } from '../model/outcome.ts';
import { type ConfigScenario, type ManifestScenario, type PodScenario } from '../suite/scenario.ts';
import { boots } from '../suite/handler.ts';
import type { Suite } from '../suite/suite.ts';
import { monotonicMs } from '../util/clock.ts';
import { messageOf } from '../util/errors.ts';
import { Semaphore } from '../util/semaphore.ts';
import { join } from 'node:path';
import { GuestBoots } from './guest-boots.ts';
import { launch, type Gone } from './launch.ts';
import { launchManifest } from './launch-manifest.ts';
import { podCgroups, type PodCgroups } from './pod-cgroup.ts';
import { leaseWork, type LeaseWork, type WorkKind } from './lease-work.ts';
import { withLostEngine } from './lost-engine.ts';
import { readConfig } from './read-config.ts';
import { begun, type WorkerCell, type WorkerContext } from './worker-context.ts';

/**
 * Declares the tasks of a lease as vitest tests: each launches the pod of a scenario, or reads its configuration, and records what
 * was observed. It passes once that is done; what it says of the questions is judged by who runs the lease. All tests run at
 * once; the lease's budget holds the pods back.
 */
export function declareLease(suites: readonly Suite[], context: WorkerContext): void {
  const remote = connectRemote(context.connection);
  // One connection for all pods: each would cost the host a login and a relay of its own.
  const connection = new CriConnection(() => remote.dial(context.engine.socket));
  const cgroups = podCgroups(remote, { endWithMachine: context.ownMachine });
  const underWay: Array<Promise<unknown>> = [];
  // A test that is cancelled does not wait for its pod, which is still to be removed.
  afterAll(async () => {
    await Promise.allSettled(underWay);
    connection.close();
    await cgroups[Symbol.asyncDispose]();
  });
  const stopped = new AbortController();
  const all = leaseWork(suites, context);
  const lease: Lease = {
    ...{ context, remote, connection, cgroups, signal: stopped.signal },
    boots: new Map(context.cells.map((cell) => [cell, new GuestBoots()])),
    ...{ slots: new Semaphore(context.pods), broken: undefined, read: new Map() },
    readers: new Semaphore(all.some(({ kind }) => kind === 'alone') ? 1 : context.pods),
  };
  const pods: Array<{ kind: WorkKind; observe: (tell: Tell) => Promise<Observation> }> = [];
  for (const work of all) {
    const { kind, cell, suite, scenario } = work;
    const before = pods.filter((pod) => pod.kind !== kind);
    const observe = once(async (tell: Tell) => {
      // Whoever need not wait is in the queue for a slot at once, and so in this order.
      if (kind !== 'pod') await Promise.allSettled(before.map((pod) => pod.observe(tell)));
      const recorded = record(lease, work, tell);
      underWay.push(recorded);
      return recorded;
    });
    if (kind !== 'reading') pods.push({ kind, observe });
    test.concurrent(`${cell.facts.id} › ${suite.id} › ${scenario.title}`, async ({ task, annotate, signal }) => {
      signal.addEventListener('abort', () => stopped.abort(signal.reason), { once: true });
      task.meta.podproof = await observe((words, type) => void annotate(words, type));
    });
  }
}

/**
 * Launches a scenario and records it before anything is judged, so that an interrupted run leaves its facts. What
 * the harness's own trouble spoiled is tried once more. Once the engine cannot be reached, nothing more is launched: the
 * runner finds out whether the host is lost, and brings back what was not observed. Of a run that is stopped nothing is recorded
 * any more, as the end of its pods says nothing of them.
 */
async function record(lease: Lease, work: LeaseWork, tell: Tell): Promise<Observation> {
  const { context, remote, slots, readers } = lease;
  const { kind, cell, suite, scenario, cohort } = work;
  const at = { cell: cell.facts.id, suite: suite.id };
  const alone = kind === 'alone';
  const queue = kind === 'reading' ? readers : slots;
  for (let attempt = 1; ; attempt++) {
    const pod = `${cell.facts.id} ${scenario.id}`;
    const observe = async (): Promise<{ outcome: Outcome } & Pick<Gone, 'withLogs'>> => {
      lease.signal.throwIfAborted();
      if (lease.broken !== undefined) throw new Error(`Not launched: ${lease.broken}`);
      const gone = 'reads' in scenario ? await read(lease, at, scenario) : await launchIn(lease, { ...work, scenario });
      const seen = await withLostEngine(gone.seen.outcome, context, remote, () => version(lease));
      if (seen.kind === 'error') lease.broken = seen.message;
      return { outcome: seen, withLogs: gone.withLogs };
    };
    const inTurn = async (): ReturnType<typeof observe> => {
      tell(pod, begun);
      try {
        return await observe();
      } finally {
        tell(pod, 'gone');
      }
    };
    const { outcome, withLogs } = await queue.run(inTurn, alone ? cohort : undefined);
    lease.signal.throwIfAborted();
    const observation: Observation = { ...(await withLogs()), outcome, ...(alone && { alone }) };
    try {
      appendRecord(join(context.runFolder, 'cells', cell.facts.id, 'observations.ndjson'), observation);
    } catch (error) {
      // What cannot be recorded need not be launched.
      lease.broken = messageOf(error);
      throw error;
    }
    if (outcome.kind === 'error' || attempt > 1 || !worthRetry(outcome)) return observation;
  }
}

/** A call that every engine answers at once, whatever its pods do. */
async function version({ context, connection }: Lease): Promise<void> {
  await using client = criClient({ dial: connection, api: context.engine.api });
  await client.runtime.version({});
}

/** The engine makes the same of a file in every cell. It was called for the first of them. */
async function read(
  { context, remote, read: had }: Lease,
  at: { cell: string; suite: string },
  scenario: ConfigScenario,
): Promise<Gone> {
  const first = had.get(scenario);
  const reading = first ?? readConfig(context, at, scenario, remote);
  had.set(scenario, reading);
  const seen = first === undefined ? await reading : { ...(await reading), ...at, calls: [] };
  return { seen, withLogs: () => Promise.resolve(seen) };
}

function launchIn(
  { context, remote, connection, cgroups, boots, signal }: Lease,
  { cell, suite, scenario, cohort }: LeaseWork & { scenario: PodScenario | ManifestScenario },
): Promise<Gone> {
  const task = {
    ...{ context, cell, suite: suite.id, remote, cgroups, cohort, boots: boots.get(cell) ?? new GuestBoots(), signal },
    connect: (calls: CallTiming[]) =>
      criClient({
        dial: connection,
        api: context.engine.api,
        patience: patience(cell, scenario),
        onCall: (timing) => calls.push(timing),
        clock: () => monotonicMs() - context.clockOrigin,
      }),
  };
  return 'manifest' in scenario ? launchManifest({ ...task, scenario }) : launch({ ...task, scenario });
}

/** A minute is enough for a process. A machine boots inside an emulated one; where none can, a shim itself waits 45 s for it. */
function patience({ facts: { runtime } }: WorkerCell, scenario: PodScenario | ManifestScenario): number {
  if (!hasGuest(runtime)) return 1;
  return 'manifest' in scenario || boots(scenario.handler) ? 4 : 1.5;
}

/** What the scenarios of one lease share. */
interface Lease {
  context: WorkerContext;
  remote: ReturnType<typeof connectRemote>;
  connection: CriConnection;
  cgroups: PodCgroups;
  boots: Map<WorkerCell, GuestBoots>;
  /** Fires when the run is stopped: pods that wait for their engine wait no longer, and are removed. */
  signal: AbortSignal;
  /** For pods. */
  slots: Semaphore;
  /** For what needs no pod: one slot, where a pod runs alone beside it. */
  readers: Semaphore;
  /** Why nothing more can be launched. */
  broken: string | undefined;
  /** Configuration files that were read back. */
  read: Map<ConfigScenario, Promise<Observation>>;
}

/** Tells the runner of a pod while its test is still going. */
type Tell = (pod: string, type: string) => void;

function once<A, T>(work: (first: A) => Promise<T>): (first: A) => Promise<T> {
  let promise: Promise<T> | undefined;
  return (first) => (promise ??= work(first));
}
