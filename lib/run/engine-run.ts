import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { handlerName, type Engine } from '../engines/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { EngineGroup } from '../plan/leases.ts';
import { type LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import { hasGuest } from '../runtimes/facts.ts';
import { optionsKey, optionsOf, variantsOf, type EngineOptions } from '../suite/scenario.ts';
import { BlockedError } from '../util/errors.ts';
import { leaseEngine, type HostSetting } from './engine-lease.ts';
import { block, factsOf, openScenarios, openTasks, type Stage, settledScenarios } from './stage.ts';
import { prepareSuites, type LeaseSuites } from './vitest-lease.ts';
import { liveNews } from './live-news.ts';
import { leaseKubelet, type KubeletLease } from './kubelet-lease.ts';
import type { KubeletContext, Task, WorkerCell, WorkerContext } from './worker-context.ts';

/** How often one engine lease is tried: an engine that died between two pods is started again for the rest. */
const tries = 2;

/** Every combination of switches that the open scenarios need is a lease of its own. */
export async function runEngine(stage: Stage, setting: HostSetting, { engine, cells }: EngineGroup): Promise<void> {
  let group: EngineGroup = { engine, cells };
  for (const options of switches(stage, setting, group)) {
    const key = optionsKey(options);
    try {
      for (let attempt = 1; attempt <= tries; attempt++) {
        if (!switches(stage, setting, group).some((left) => optionsKey(left) === key)) break;
        group = { engine, cells: await lease(stage, setting, group, options) };
        await setting.host.assertAlive();
        await settleDone(stage, group.cells);
      }
    } catch (error) {
      stage.signal.throwIfAborted();
      if (!(error instanceof BlockedError)) throw error;
      if (group.cells.length === 1) return block(stage, group.cells, error);
      // One runtime that the engine cannot start with costs its own cells only.
      stage.progress.line('engine', `${error.message}; trying each runtime alone`);
      for (const cell of group.cells) await runEngine(stage, setting, { engine, cells: [cell] });
      return;
    }
  }
}

async function settleDone(stage: Stage, cells: readonly PlannedCell[]): Promise<void> {
  for (const key of await settledScenarios(stage.folder, cells)) stage.done.add(key);
}

/** One daemon with one configuration, and all pods that want it. Returns the cells whose handlers the daemon took. */
async function lease(stage: Stage, setting: HostSetting, group: EngineGroup, options: EngineOptions): Promise<PlannedCell[]> {
  const title = `${setting.host.id}/${group.engine.name}-${group.engine.version} (${optionsKey(options)})`;
  stage.progress.line('engine', `${title}: starting`);
  await using suites = prepareSuites();
  const { engine, record } = await stage.timeline.span('engine', title, () =>
    leaseEngine(setting, group, options, {
      signal: stage.signal,
      now: () => stage.timeline.now(),
      ...(stage.tamper === undefined ? {} : { tamper: stage.tamper }),
    }),
  );
  await using _ = stage.timeline.releasing(title, engine);
  stage.folder.append({ event: 'lease', record });
  stage.progress.line('engine', `${title}: ready in ${((record.readyMs - record.startMs) / 1000).toFixed(1)} s`);
  const cells = withoutDropped(stage, group.cells, engine);
  const tasks = cells.flatMap((cell) => openTasks(stage, cell, setting, options));
  if (tasks.length === 0) return cells;
  await using kubelet = await kubeletBefore(stage, setting, cells, { engine, tasks, title });
  const context = workerContext(stage, setting, { ...group, cells }, { engine, record, tasks, kubelet: kubelet?.context });
  const news = liveNews(stage, setting, { cells, lease: record, events: await stage.folder.events() });
  await stage.timeline.span('pods', title, () => pods(stage, suites, context, news));
  await keepLog(stage, setting.host, engine.config.log, record.lease);
  if (kubelet !== undefined) await keepLog(stage, setting.host, kubelet.log, `${record.lease}_kubelet`);
  return cells;
}

/** The kubelet of the cell that this engine is there for; undefined where none is wanted. */
async function kubeletBefore(
  stage: Stage,
  setting: HostSetting,
  [cell]: readonly PlannedCell[],
  { engine, tasks, title }: { engine: Engine; tasks: readonly Task[]; title: string },
): Promise<KubeletLease | undefined> {
  if (cell?.kubelet === undefined) return undefined;
  const { folder, signal, sabotage, timeline, suites } = stage;
  const scenarios = suites.flatMap((suite) =>
    suite.scenarios.filter(({ id }) => tasks.some((task) => task.suite === suite.id && task.scenario === id)),
  );
  const where = { folder: join(folder.path, 'hosts'), signal, sabotage };
  return timeline.span('engine', `${title}: kubelet ${cell.kubelet.version}`, () =>
    leaseKubelet(setting, cell, engine, scenarios, where),
  );
}

/** A cell one of whose handlers the engine left out, with no more than a warning, is blocked before its first pod. */
export function withoutDropped(stage: Stage, cells: PlannedCell[], { spec, dropped }: Engine): PlannedCell[] {
  return cells.filter((cell) => {
    const name = variantsOf(cell.runtime.name)
      .map((variant) => handlerName(cell.runtime, variant))
      .find((handler) => handler in dropped);
    if (name === undefined) return true;
    block(stage, [cell], new BlockedError(`${spec.name} ${spec.version} left a handler out: ${dropped[name]}`));
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
    socket: engine.config.socket,
    api: engine.api,
    lease: record,
    cells: group.cells.map((cell): WorkerCell => ({
      facts: factsOf(cell, setting),
      handlers: Object.fromEntries(variantsOf(cell.runtime.name).map((variant) => [variant, handlerName(cell.runtime, variant)])),
    })),
    runtimes: engine.runtimes,
    runtimeState: engine.config.runtimeState,
    ...(engine.config.runtimeFile === undefined ? {} : { runtimeFile: engine.config.runtimeFile }),
    ...(kubelet === undefined ? {} : { kubelet }),
    engineLog: engine.config.log,
    enginePid: engine.pid,
    engineBinary: engine.spec.binaries[group.engine.name] ?? '',
    images: setting.images,
    runFolder: stage.folder.path,
    clockOrigin: stage.timeline.origin,
    tasks,
    pods: podBudget(setting.host, group.cells),
  };
}

/** The whole log of an engine, or of a kubelet, beside the slices that are in the observations. */
async function keepLog(stage: Stage, host: Host, log: string, lease: string): Promise<void> {
  const { stdout } = await host.exec(['tail', '-c', '4000000', '--', log]);
  await writeFile(join(stage.folder.path, 'hosts', `${lease.replaceAll('/', '_')}.log`), stdout);
}

async function pods(
  stage: Stage,
  suites: LeaseSuites,
  context: WorkerContext,
  news: (observation: Observation) => string[],
): Promise<void> {
  const tell = (): void => stage.progress.count(stage.count.done, stage.count.total, [...stage.underWay]);
  tell();
  const errors = await suites.run({
    context,
    signal: stage.signal,
    onPod: (pod, begun) => {
      if (begun) stage.underWay.add(pod);
      else stage.underWay.delete(pod);
      tell();
    },
    onObserved: (observation) => {
      stage.count.done++;
      tell();
      for (const text of news(observation)) stage.progress.line('question', text);
    },
  });
  for (const error of errors) stage.progress.line('error', error);
}

function switches(stage: Stage, setting: HostSetting, group: EngineGroup): EngineOptions[] {
  const open = group.cells.flatMap((cell) =>
    openScenarios(stage, cell, setting).map(({ scenario }) =>
      optionsOf(scenario, { runtime: cell.runtime, facts: setting.host.facts }),
    ),
  );
  return [...new Map(open.map((options) => [optionsKey(options), options])).values()];
}

/**
 * Pods that the host can run at once: two CPUs carry two launches side by side, and a third hides their waits. A guest
 * inside an emulated host takes a whole CPU for most of a minute, so there one at a time is quicker and steadier.
 */
export function podBudget(host: Host, cells: readonly PlannedCell[]): number {
  if (cells.some(({ runtime }) => hasGuest(runtime))) return host.facts.accelerator === 'tcg' ? 1 : host.facts.cpus;
  return host.facts.cpus + 1;
}
