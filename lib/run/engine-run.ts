import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { handlerName, type Engine, type EngineConfig } from '../engines/engine.ts';
import { hostKindFacts } from '../hosts/facts.ts';
import type { Host } from '../hosts/host.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { EngineGroup } from '../plan/leases.ts';
import { type LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import { hasGuest } from '../runtimes/facts.ts';
import type { KnownIssue } from '../suite/known-issue.ts';
import { variantsOf } from '../suite/handler.ts';
import { optionsKey, type EngineOptions } from '../suite/scenario.ts';
import { BlockedError } from '../util/errors.ts';
import { scoped } from '../util/scope.ts';
import { leaseOn, type HostSetting } from './engine-lease.ts';
import { factsOf, isEngineSpoiled, settledScenarios, type OpenWork } from './open-work.ts';
import type { Stage } from './stage.ts';
import { prepareSuites, type LeaseSuites } from './vitest-lease.ts';
import { liveNews } from './live-news.ts';
import { leaseKubelet, pluginNodes, pluginsOf, type KubeletLease, type KubeletSabotage } from './kubelet-lease.ts';
import type { KubeletContext, Task, WorkerCell, WorkerContext } from './worker-context.ts';

/** How often one engine lease is tried: an engine that died between two pods is started again for the rest. */
const tries = 2;

/** What the engines of a run share. */
export interface EngineRun {
  stage: Stage;
  open: OpenWork;
  known: readonly KnownIssue[];
  /** Changes an engine's configuration behind the plan's back: for tests of our own canaries. */
  tamper?: ((config: EngineConfig) => EngineConfig) | undefined;
  /** Changes what passes a kubelet: for tests of what its requests are held against. */
  sabotage?: KubeletSabotage | undefined;
}

/** Every combination of switches that the open scenarios need is a lease of its own. */
export async function runEngine(run: EngineRun, setting: HostSetting, { engine, cells }: EngineGroup): Promise<void> {
  const { stage, open } = run;
  let group: EngineGroup = { engine, cells };
  for (const options of open.switches(group.cells, setting)) {
    const key = optionsKey(options);
    try {
      for (let attempt = 1; attempt <= tries; attempt++) {
        if (!open.switches(group.cells, setting).some((left) => optionsKey(left) === key)) break;
        group = { engine, cells: await lease(run, setting, group, options) };
        open.settle(await settledScenarios(stage.folder, group.cells, isEngineSpoiled));
      }
    } catch (error) {
      return eachAlone(stage, setting, group, error, (alone) => runEngine(run, setting, alone));
    }
  }
}

/**
 * What follows when an engine was blocked: one runtime that it cannot start with costs its own cells only. Throws any other error, or
 * HostLostError where the host is lost: a dead one takes no release either, and that is then the error.
 */
export async function eachAlone(
  stage: Stage,
  { host }: { host: Pick<Host, 'assertAlive'> },
  group: EngineGroup,
  error: unknown,
  again: (alone: EngineGroup) => Promise<void>,
): Promise<void> {
  stage.signal.throwIfAborted();
  if (!(error instanceof BlockedError)) {
    await host.assertAlive();
    throw error;
  }
  if (group.cells.length === 1) return stage.block(group.cells, error);
  stage.progress.line('engine', `${error.message}; trying each runtime alone`);
  for (const cell of group.cells) await again({ ...group, cells: [cell] });
}

/**
 * One daemon with one configuration, and all pods that want it. Returns the cells whose handlers the daemon took. Throws HostLostError
 * where the host did not outlive them.
 */
async function lease(run: EngineRun, setting: HostSetting, group: EngineGroup, options: EngineOptions): Promise<PlannedCell[]> {
  const { stage, open } = run;
  const title = `${setting.host.id}/${group.engine.name}-${group.engine.version} (${optionsKey(options)})`;
  stage.progress.line('engine', `${title}: starting`);
  await using suites = prepareSuites();
  const { engine, record } = await leaseOn(stage, setting, { group, options, title, tamper: run.tamper });
  const cells = withoutDropped(stage, group.cells, engine);
  const tasks = cells.flatMap((cell) => open.tasks(cell, setting, options));
  if (tasks.length === 0) return cells;
  await using kubelet = await kubeletBefore(run, setting, cells, { engine, tasks, title });
  const context = workerContext(stage, setting, { ...group, cells }, { engine, record, tasks, kubelet: kubelet?.context });
  const news = liveNews({ questions: open.questions, known: run.known }, setting, {
    cells,
    lease: record,
    events: await stage.folder.events(),
  });
  await stage.timeline.span('pods', title, () => pods(stage, suites, context, news));
  const ends = [setting.host.assertAlive(), keepLogs(stage, setting.host, { engine, record, kubelet })];
  await Promise.allSettled(ends);
  // That the host is gone says more than that its logs cannot be had.
  for (const end of ends) await end;
  return cells;
}

/** The kubelet of the cell that this engine is there for; undefined where none is wanted. */
async function kubeletBefore(
  { stage: { folder, signal, timeline }, open: { suites }, sabotage }: EngineRun,
  setting: HostSetting,
  [cell]: readonly PlannedCell[],
  { engine, tasks, title }: { engine: Engine; tasks: readonly Task[]; title: string },
): Promise<KubeletLease | undefined> {
  if (cell?.kubelet === undefined) return undefined;
  const scenarios = suites.flatMap((suite) =>
    suite.scenarios.filter(({ id }) => tasks.some((task) => task.suite === suite.id && task.scenario === id)),
  );
  const where = { folder: join(folder.path, 'hosts'), signal, tamper: sabotage?.tamper };
  return timeline.span('engine', `${title}: kubelet ${cell.kubelet.version}`, () =>
    scoped(async (scope) => {
      scope.adopt('the device nodes of its plugins', await pluginNodes(setting.host, scenarios));
      const leased = await leaseKubelet(setting, cell, engine, pluginsOf(scenarios, sabotage), where);
      scope.adopt('the kubelet', leased);
      const { context, log } = leased;
      return { context, log };
    }),
  );
}

/** A cell one of whose handlers the engine left out, with no more than a warning, is blocked before its first pod. */
export function withoutDropped(stage: Stage, cells: PlannedCell[], { spec, dropped }: Engine): PlannedCell[] {
  return cells.filter((cell) => {
    const name = variantsOf(cell.runtime.name)
      .map((variant) => handlerName(cell.runtime, variant))
      .find((handler) => handler in dropped);
    if (name === undefined) return true;
    stage.block([cell], new BlockedError(`${spec.name} ${spec.version} left a handler out: ${dropped[name]}`));
    return false;
  });
}

function workerContext(
  stage: Stage,
  setting: HostSetting,
  group: EngineGroup,
  { engine, record, tasks, kubelet }: { engine: Engine; record: LeaseRecord; tasks: Task[]; kubelet: KubeletContext | undefined },
): WorkerContext {
  return {
    connection: setting.host.connection,
    ownMachine: group.cells.every(({ host: { spec } }) => hostKindFacts(spec).ownMachine),
    engine: {
      ...{ socket: engine.config.socket, api: engine.api, log: engine.config.log, pid: engine.pid, runtimes: engine.runtimes },
      ...{ runtimeState: engine.config.runtimeState, runtimeFile: engine.config.runtimeFile },
      binary: engine.spec.binaries[group.engine.name] ?? '',
    },
    lease: record,
    cells: group.cells.map((cell): WorkerCell => ({
      facts: factsOf(cell, setting),
      handlers: Object.fromEntries(variantsOf(cell.runtime.name).map((variant) => [variant, handlerName(cell.runtime, variant)])),
    })),
    ...(kubelet === undefined ? {} : { kubelet }),
    images: setting.images,
    runFolder: stage.folder.path,
    clockOrigin: stage.timeline.origin,
    tasks,
    pods: podBudget(setting.host, group.cells),
  };
}

/** The whole logs of an engine and of a kubelet, beside the slices that are in the observations. */
async function keepLogs(
  stage: Stage,
  host: Host,
  { engine, record: { lease }, kubelet }: { engine: Engine; record: LeaseRecord; kubelet: KubeletLease | undefined },
): Promise<void> {
  const logs = [{ name: lease, log: engine.config.log }];
  if (kubelet !== undefined) logs.push({ name: `${lease}_kubelet`, log: kubelet.log });
  await Promise.all(
    logs.map(async ({ name, log }) => {
      const { stdout } = await host.exec(['tail', '-c', '4000000', '--', log]);
      await writeFile(join(stage.folder.path, 'hosts', `${name.replaceAll('/', '_')}.log`), stdout);
    }),
  );
}

async function pods(
  stage: Stage,
  suites: LeaseSuites,
  context: WorkerContext,
  news: (observation: Observation) => string[],
): Promise<void> {
  stage.pods.tell();
  const errors = await suites.run({
    context,
    signal: stage.signal,
    onPod: (pod, begun) => (begun ? stage.pods.begin(pod) : stage.pods.end(pod)),
    onObserved: (observation) => {
      stage.pods.done();
      for (const text of news(observation)) stage.progress.line('question', text);
    },
  });
  for (const error of errors) stage.progress.line('error', error);
}

/**
 * Pods that the host can run at once: two CPUs carry two launches side by side, and a third hides their waits. A guest
 * inside an emulated host takes a whole CPU for most of a minute, so there one at a time is quicker and steadier.
 */
export function podBudget(host: Host, cells: readonly PlannedCell[]): number {
  if (cells.some(({ runtime }) => hasGuest(runtime))) return host.facts.accelerator === 'tcg' ? 1 : host.facts.cpus;
  return host.facts.cpus + 1;
}
