import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { whyNotRunnable } from '../artifact/inspect.ts';
import type { EngineConfig } from '../engine/engine.ts';
import { acquireHost } from '../host/acquire.ts';
import { prepareFixtures } from '../host/fixtures.ts';
import { openLedger } from '../host/ledger.ts';
import type { Host } from '../host/host.ts';
import { binaryOf, identityOf, type Rulebook } from '../judge/assemble.ts';
import { componentKey, type Plan, type PlannedCell } from '../plan/cell.ts';
import { planLeases, type EngineGroup, type HostGroup } from '../plan/leases.ts';
import { pauseImage, probeImage } from '../probe/image/images.ts';
import type { OciImage } from '../probe/image/oci.ts';
import { imageReference, serveImages } from '../probe/registry.ts';
import type { Document } from '../record/document.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { unmet } from '../judge/judge.ts';
import type { CellFacts } from '../suite/requirement.ts';
import { optionsKey, optionsOf, variantsOf, type EngineOptions } from '../suite/scenario.ts';
import type { Suite } from '../suite/suite.ts';
import { BlockedError, HostLostError } from '../util/errors.ts';
import { handlerName } from '../engine/engine.ts';
import { resolveAll, type Had } from './artifacts.ts';
import { leaseEngine, type HostSetting } from './engine-lease.ts';
import { judgeFolder } from './judge-folder.ts';
import type { Progress } from './progress.ts';
import { Timeline } from './timeline.ts';
import { runSuites } from './vitest-lease.ts';
import type { WorkerCell, WorkerContext } from './worker-context.ts';

export interface RunOptions {
  plan: Plan;
  folder: RunFolder;
  rulebook: Rulebook;
  version: string;
  progress: Progress;
  signal: AbortSignal;
  /** Changes an engine's configuration behind the plan's back: for tests of our own canaries. */
  tamper?: (config: EngineConfig) => EngineConfig;
}

/** Everything a stage of the run needs. */
interface Stage extends RunOptions {
  timeline: Timeline;
  suites: Suite[];
  images: { pause: OciImage; root: OciImage; user777: OciImage };
  had: Map<string, Had>;
  count: { done: number; total: number };
  /** `cell suite scenario` that need no pod any more. */
  done: Set<string>;
}

/**
 * Brings up, launches, observes, records. What could not be brought up blocks its cells and the rest goes on. Returns the
 * judged document; it is incomplete when `signal` aborted, and a later call with the same folder finishes it.
 */
export async function run(options: RunOptions): Promise<Document> {
  const { plan, folder, rulebook } = options;
  setMaxListeners(0, options.signal);
  await folder.mend(plan.cells.map((cell) => cell.id));
  const timeline = new Timeline(await origin(folder), (event) => folder.append(event));
  folder.append({
    event: 'started',
    run: folder.id,
    at: new Date().toISOString(),
    podproof: options.version,
    profile: plan.profile,
  });
  let complete = false;
  try {
    await runPlan(options, timeline);
    complete = true;
  } catch (error) {
    if (!options.signal.aborted) throw error;
    options.progress.line('run', `interrupted: resume it with --resume ${folder.id}`);
  } finally {
    options.progress.close();
    folder.append({ event: 'ended', at: new Date().toISOString(), complete });
  }
  return judgeFolder(folder, plan, rulebook);
}

/** A resumed run counts its times from its first start. */
async function origin(folder: RunFolder): Promise<number> {
  const first = (await folder.events()).find((event) => event.event === 'started');
  return first === undefined ? Date.now() : Date.parse(first.at);
}

async function runPlan(options: RunOptions, timeline: Timeline): Promise<void> {
  const { plan, folder, progress, signal } = options;
  const suites = options.rulebook.suites.filter((suite) => plan.suites.includes(suite.id));
  const observed = await folder.observations(plan.cells.map((cell) => cell.id));
  const done = new Set(
    observed
      .filter(({ observation }) => observation.outcome.kind !== 'error')
      .map(({ observation }) => `${observation.cell} ${observation.suite} ${observation.scenario}`),
  );
  const had = await timeline.span('artifact', 'resolve', () =>
    resolveAll(plan.cells, {
      signal,
      progress: (text) => progress.line('artifact', text),
      append: (event) => folder.append(event),
    }),
  );
  const stage: Stage = {
    ...options,
    timeline,
    suites,
    had,
    done,
    images: { pause: await pauseImage(), root: await probeImage(), user777: await probeImage({ user: '777' }) },
    count: { done: 0, total: 0 },
  };
  const ready = plan.cells.filter((cell) => {
    const reason = [cell.engine, cell.runtime]
      .map((component) => had.get(componentKey(component)))
      .find((each) => each !== undefined && 'reason' in each);
    if (reason !== undefined && 'reason' in reason) block(stage, [cell], reason.reason);
    return reason === undefined || !('reason' in reason);
  });
  const open = ready.filter((cell) => work(stage, cell).some((key) => !done.has(key)));
  stage.count.total = open.flatMap((cell) => work(stage, cell).filter((key) => !done.has(key))).length;
  for (const group of planLeases(open)) await runHost(stage, group);
}

/** `cell suite scenario` of every pod that a cell needs, as far as this is known before its host is up. */
function work(stage: Stage, cell: PlannedCell): string[] {
  const facts = factsOf(cell);
  return stage.suites.flatMap((suite) =>
    suite.scenarios
      .filter((scenario) =>
        suite.rules.some(
          (rule) =>
            rule.on.includes(scenario.id) &&
            stage.rulebook.selects(suite.id, scenario.id, rule.id) &&
            unmet(rule, scenario, facts) === undefined,
        ),
      )
      .map((scenario) => `${cell.id} ${suite.id} ${scenario.id}`),
  );
}

function factsOf(cell: PlannedCell, setting?: HostSetting): CellFacts {
  return {
    id: cell.id,
    host: cell.host.id,
    engine: { name: cell.engine.name, version: cell.engine.version },
    runtime: { name: cell.runtime.name, version: cell.runtime.version, shim: cell.runtime.shim, vmm: cell.runtime.vmm },
    facts: setting?.host.facts,
    fixtures: setting?.fixtures,
  };
}

function block(stage: Stage, cells: PlannedCell[], reason: string): void {
  stage.folder.append({ event: 'blocked', cells: cells.map((cell) => cell.id), reason });
  stage.progress.line('blocked', `${cells.map((cell) => cell.id).join(', ')}: ${reason}`);
}

async function runHost(stage: Stage, group: HostGroup): Promise<void> {
  const cells = group.engines.flatMap((engine) => engine.cells);
  const { folder, timeline, signal, progress } = stage;
  try {
    const variant = cells.some((cell) => cell.runtime.name === 'kata' || cell.engine.name === 'crio') ? 'kata' : 'plain';
    const context = {
      ledger: await openLedger(folder.id),
      logs: join(folder.path, 'hosts', group.host.id),
      signal,
      progress: (text: string) => progress.line('host', text),
    };
    await using host = await timeline.span('host', group.host.id, () =>
      acquireHost(group.host.id, group.host.spec, context, { variant }),
    );
    await using registry = await serveImages(Object.values(stage.images));
    const setting = await timeline.span('host', `${group.host.id}: fixtures and artifacts`, () =>
      settle(stage, group, host, registry.port),
    );
    folder.append({ event: 'host', host: host.id, facts: host.facts, fixtures: setting.fixtures });
    for (const engine of group.engines) {
      const runnable = await runnableCells(stage, setting, engine);
      if (runnable.length > 0) await runEngine(stage, setting, { ...engine, cells: runnable });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BlockedError || error instanceof HostLostError)) throw error;
    block(
      stage,
      cells,
      error instanceof BlockedError && error.remedy !== undefined ? `${error.message}; ${error.remedy}` : error.message,
    );
  }
}

async function settle(stage: Stage, group: HostGroup, host: Host, registryPort: number): Promise<HostSetting> {
  const keys = new Set(
    group.engines.flatMap(({ engine, cells }) => [componentKey(engine), ...cells.map((cell) => componentKey(cell.runtime))]),
  );
  const artifacts = [...keys].flatMap((key) => {
    const had = stage.had.get(key);
    return had !== undefined && 'artifact' in had ? [{ key, artifact: had.artifact }] : [];
  });
  const [fixtures, port, prefixes] = await Promise.all([
    prepareFixtures(host),
    host.expose(registryPort),
    Promise.all(
      artifacts.map(async ({ key, artifact }) => {
        const id = `${artifact.name}-${artifact.version}-${artifact.sha256.slice(0, 8)}`;
        return [key, { artifact, path: await host.attach({ id, directory: artifact.directory }) }] as const;
      }),
    ),
  ]);
  const { pause, root, user777 } = stage.images;
  return {
    host,
    fixtures,
    registryPort: port,
    images: { pause: imageReference(pause, port), root: imageReference(root, port), user777: imageReference(user777, port) },
    prefixes: new Map(prefixes),
  };
}

/** Blocks the cells whose binaries this host cannot execute: another architecture, or a newer libc. */
async function runnableCells(stage: Stage, { host, prefixes }: HostSetting, group: EngineGroup): Promise<PlannedCell[]> {
  const runnable: PlannedCell[] = [];
  for (const cell of group.cells) {
    const reasons = await Promise.all(
      [cell.engine, cell.runtime].map(async (component) => {
        const had = prefixes.get(componentKey(component));
        return had === undefined ? undefined : await whyNotRunnable(had.artifact, host.facts, [binaryOf(component)]);
      }),
    );
    const reason = reasons.find((each) => each !== undefined);
    if (reason === undefined) runnable.push(cell);
    else block(stage, [cell], reason);
  }
  return runnable;
}

/** Every combination of switches that the scenarios need is a lease of its own. */
async function runEngine(stage: Stage, setting: HostSetting, group: EngineGroup): Promise<void> {
  const { name, version } = group.engine;
  for (const options of switches(stage, setting, group)) {
    const title = `${setting.host.id}/${name}-${version} (${optionsKey(options)})`;
    try {
      stage.progress.line('engine', `${title}: starting`);
      const { engine, record } = await stage.timeline.span('engine', title, () =>
        leaseEngine(setting, group, options, {
          signal: stage.signal,
          now: () => stage.timeline.now(),
          ...(stage.tamper === undefined ? {} : { tamper: stage.tamper }),
        }),
      );
      await using _ = engine;
      stage.folder.append({ event: 'lease', record });
      stage.progress.line('engine', `${title}: ready in ${((record.readyMs - record.startMs) / 1000).toFixed(1)} s`);
      const events = await stage.folder.events();
      const cells = group.cells.map((cell): WorkerCell => ({
        facts: factsOf(cell, setting),
        planned: identityOf(cell, events),
        handlers: Object.fromEntries(
          variantsOf(cell.runtime.name).map((variant) => [variant, handlerName(cell.runtime, variant)]),
        ),
      }));
      const context: WorkerContext = {
        connection: setting.host.connection,
        socket: engine.config.socket,
        api: engine.api,
        lease: record,
        cells,
        runtimes: engine.runtimes,
        runtimeState: engine.config.runtimeState,
        engineLog: engine.config.log,
        images: setting.images,
        runFolder: stage.folder.path,
        clockOrigin: stage.timeline.origin,
        selected: selected(stage),
        done: [...stage.done],
        pods: podBudget(setting.host, group.cells),
      };
      await stage.timeline.span('pods', title, () => pods(stage, context));
      await setting.host.assertAlive();
    } catch (error) {
      stage.signal.throwIfAborted();
      if (!(error instanceof BlockedError)) throw error;
      block(stage, group.cells, error.remedy === undefined ? error.message : `${error.message}; ${error.remedy}`);
    }
  }
}

async function pods(stage: Stage, context: WorkerContext): Promise<void> {
  const seen = new Set<string>();
  const errors = await runSuites({
    suites: stage.suites.map((suite) => suite.id),
    context,
    signal: stage.signal,
    onRule: (title, passed) => {
      const pod = title.slice(0, title.lastIndexOf(' > '));
      if (!seen.has(pod)) {
        seen.add(pod);
        stage.count.done++;
        stage.progress.count(stage.count.done, stage.count.total);
      }
      if (!passed) stage.progress.line('rule', `not as expected: ${title}`);
    },
  });
  for (const error of errors) stage.progress.line('error', error);
}

function switches(stage: Stage, setting: HostSetting, group: EngineGroup): EngineOptions[] {
  const needed = new Map<string, EngineOptions>();
  for (const cell of group.cells) {
    const facts = factsOf(cell, setting);
    for (const suite of stage.suites) {
      for (const scenario of suite.scenarios) {
        const wanted = suite.rules.some(
          (rule) =>
            rule.on.includes(scenario.id) &&
            stage.rulebook.selects(suite.id, scenario.id, rule.id) &&
            unmet(rule, scenario, facts) === undefined,
        );
        if (!wanted || stage.done.has(`${cell.id} ${suite.id} ${scenario.id}`)) continue;
        const options = optionsOf(scenario);
        needed.set(optionsKey(options), options);
      }
    }
  }
  return [...needed.values()];
}

function selected(stage: Stage): string[] {
  return stage.suites.flatMap((suite) =>
    suite.rules.flatMap((rule) =>
      rule.on
        .filter((scenario) => stage.rulebook.selects(suite.id, scenario, rule.id))
        .map((scenario) => `${suite.id}/${scenario}/${rule.id}`),
    ),
  );
}

/**
 * Pods that the host can run at once: two CPUs carry two launches side by side, and a third hides their waits. A guest
 * inside an emulated host takes a whole CPU for most of a minute, so there one at a time is quicker and steadier.
 */
function podBudget(host: Host, cells: readonly PlannedCell[]): number {
  if (cells.some((cell) => cell.runtime.name === 'kata')) return host.facts.accelerator === 'tcg' ? 1 : host.facts.cpus;
  return host.facts.cpus + 1;
}
