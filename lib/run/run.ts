import { setMaxListeners } from 'node:events';
import { acquireHost } from '../hosts/registry.ts';
import type { KeptHost } from '../hosts/shared/kept.ts';
import type { Catalog } from '../judge/assemble.ts';
import type { Plan } from '../model/cell.ts';
import { basis, duration, totalCost } from '../plan/cost.ts';
import { probeImages } from '../probe/image/images.ts';
import { learnCosts, measured } from '../record/costs.ts';
import type { Document } from '../model/document.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { prepareEarly } from './early-hosts.ts';
import { runEngine, type EngineRun } from './engine-run.ts';
import { recordLoss } from './host-lease.ts';
import type { HostWork } from './host-work.ts';
import { judgeFolder } from './judge-folder.ts';
import { stayUp } from './keep.ts';
import { onHosts, resolveOn, withArtifacts } from './on-hosts.ts';
import { learnedCosts, openWork, settledScenarios } from './open-work.ts';
import type { Progress } from './progress.ts';
import { stageOf, type Stage } from './stage.ts';
import { messageOf } from '../util/errors.ts';

export interface RunOptions extends Pick<EngineRun, 'tamper' | 'sabotage'> {
  plan: Plan;
  folder: RunFolder;
  catalog: Catalog;
  version: string;
  progress: Progress;
  signal: AbortSignal;
  /** Each host once: what is compared runs on one and the same. */
  oneOfEach?: boolean;
  /** Keeps the host up when its work is done; is given the judged document then. The plan has one host. */
  keep?: (document: Document) => Promise<void>;
  /** How hosts are acquired; tests replace it. */
  acquire?: typeof acquireHost;
}

/**
 * Brings up, launches, observes, records. What could not be brought up blocks its cells and the rest goes on. Returns the
 * judged document; it is incomplete when `signal` aborted, and a later call with the same folder finishes it.
 */
export async function run(options: RunOptions): Promise<Document> {
  const { plan, folder, catalog, keep, progress, signal } = options;
  setMaxListeners(0, signal);
  await folder.mend(plan.cells.map((cell) => cell.id));
  const stage = stageOf({ folder, progress, signal }, await origin(folder));
  folder.append({
    event: 'started',
    run: folder.id,
    at: new Date().toISOString(),
    podproof: options.version,
    profile: plan.profile,
  });
  let failure: unknown;
  let complete = false;
  const kept = async (host: KeptHost): Promise<void> => {
    complete = true;
    folder.append({ event: 'ended', at: new Date().toISOString(), complete });
    await keep?.(await judgeFolder(folder, catalog));
    await stayUp(stage, host);
  };
  try {
    await runPlan(options, stage, keep && kept);
    complete = true;
  } catch (error) {
    // Whoever looked around on a host that was kept has seen enough: the run was over before.
    if (complete) progress.line('keep', 'the host was given back');
    else if (signal.aborted) progress.line('run', `interrupted, exit code 130: npx podproof run --resume ${folder.path} goes on`);
    else failure = error;
  }
  progress.close();
  try {
    stage.timeline.close();
    folder.append({ event: 'ended', at: new Date().toISOString(), complete });
  } catch (error) {
    // On a full disk the journal has no room for its own end either; what ended the run is the news.
    failure ??= error;
  }
  if (failure !== undefined) throw failure;
  // A full disk or a state directory that is not ours costs an estimate, and no run.
  await learn(options).catch((error: unknown) => progress.line('run', `what it took is not remembered: ${messageOf(error)}`));
  return judgeFolder(folder, catalog);
}

/** Adds what this run took to what the machine knows; a resumed run adds all of it again, as its last try is the newest. */
async function learn({ plan, folder }: RunOptions): Promise<void> {
  const observations = await folder.observations(plan.cells.map((cell) => cell.id));
  await learnCosts(
    measured(
      await folder.events(),
      observations.map(({ observation }) => observation),
    ),
  );
}

/** A resumed run counts its times from its first start. */
async function origin(folder: RunFolder): Promise<number> {
  const first = (await folder.events()).find((event) => event.event === 'started');
  return first === undefined ? Date.now() : Date.parse(first.at);
}

async function runPlan(options: RunOptions, stage: Stage, keep: HostWork['keep']): Promise<void> {
  const { plan, folder, catalog, tamper, sabotage, acquire } = options;
  const suites = catalog.suites.filter((suite) => plan.suites.includes(suite.id));
  const open = openWork(suites, catalog.selects, await settledScenarios(folder, plan.cells));
  // A cell that needs none any more is left out.
  const pods = new Map(plan.cells.map((cell) => [cell, open.scenarios(cell).length] as const).filter(([, count]) => count > 0));
  await using early = prepareEarly(acquire === undefined ? [...pods.keys()] : [], {
    folder,
    signal: stage.signal,
    progress: (text) => stage.progress.line('host', text),
    timeline: stage.timeline,
  });
  const resolved = await resolveOn(stage, plan.cells, await folder.events());
  const cells = withArtifacts(stage, plan.cells, resolved).filter((cell) => pods.has(cell));
  stage.pods.expect(cells.reduce((sum, cell) => sum + (pods.get(cell) ?? 0), 0));
  const by = await learnedCosts(plan, catalog);
  if (cells.length > 0)
    stage.progress.line(
      'plan',
      `${cells.length} cells, ${duration(totalCost(cells, by))} one after the other (${basis(cells, by)})`,
    );
  const running: EngineRun = { stage, open, known: catalog.known, tamper, sabotage };
  const work: HostWork = {
    ...{ resolved, images: await probeImages(), keep },
    async acquire(id, ...lease) {
      await early.ready(id);
      return (acquire ?? acquireHost)(id, ...lease);
    },
    scenarios: (cell, setting) => open.scenarios(cell, setting).map(({ scenario }) => scenario),
    engine: (setting, group) => runEngine(running, setting, group),
  };
  await onHosts(stage, work, cells, {
    by,
    once: options.oneOfEach === true || keep !== undefined,
    lost: (error, lost) => recordLoss(stage, open, lost, error),
  });
  stage.signal.throwIfAborted();
}
