import { setMaxListeners } from 'node:events';
import { hostKindFacts } from '../hosts/facts.ts';
import { fitTogether } from '../hosts/shared/machine-lease.ts';
import type { PlannedCell } from '../model/cell.ts';
import { basis, duration, totalCost } from '../plan/cost.ts';
import { planLeases } from '../plan/leases.ts';
import { probeImages } from '../probe/image/images.ts';
import { learnCosts, measured } from '../record/costs.ts';
import type { Document } from '../model/document.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { resolveAll, reasonNot } from './artifacts.ts';
import { jobsOf, leaseHost, recordLoss, type HostJob } from './host-lease.ts';
import { learnedCosts } from './estimate.ts';
import { judgeFolder } from './judge-folder.ts';
import { schedule } from './schedule.ts';
import { block, openScenarios, type RunOptions, type Stage, settledScenarios } from './stage.ts';
import { messageOf } from '../util/errors.ts';
import { Timeline } from './timeline.ts';

/**
 * Brings up, launches, observes, records. What could not be brought up blocks its cells and the rest goes on. Returns the
 * judged document; it is incomplete when `signal` aborted, and a later call with the same folder finishes it.
 */
export async function run(options: RunOptions): Promise<Document> {
  const { plan, folder, catalog } = options;
  setMaxListeners(0, options.signal);
  await folder.mend(plan.cells.map((cell) => cell.id));
  const timeline = new Timeline(
    await origin(folder),
    (event) => folder.append(event),
    (phase, name) => options.progress.begin(phase, name),
  );
  folder.append({
    event: 'started',
    run: folder.id,
    at: new Date().toISOString(),
    podproof: options.version,
    profile: plan.profile,
  });
  let failure: unknown;
  let complete = false;
  const { keep, ...others } = options;
  const kept = async (): Promise<void> => {
    complete = true;
    folder.append({ event: 'ended', at: new Date().toISOString(), complete });
    await keep?.(await judgeFolder(folder, catalog));
  };
  try {
    await runPlan({ ...others, ...(keep === undefined ? {} : { keep: kept }) }, timeline);
    complete = true;
  } catch (error) {
    // Whoever looked around on a host that was kept has seen enough: the run was over before.
    if (complete) options.progress.line('keep', 'the host was given back');
    else if (options.signal.aborted)
      options.progress.line('run', `interrupted, exit code 130: npx podproof run --resume ${folder.path} goes on`);
    else failure = error;
  }
  options.progress.close();
  try {
    timeline.close();
    folder.append({ event: 'ended', at: new Date().toISOString(), complete });
  } catch (error) {
    // On a full disk the journal has no room for its own end either; what ended the run is the news.
    failure ??= error;
  }
  if (failure !== undefined) throw failure;
  // A full disk or a state directory that is not ours costs an estimate, and no run.
  await learn(options).catch((error: unknown) =>
    options.progress.line('run', `what it took is not remembered: ${messageOf(error)}`),
  );
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

async function runPlan(options: Omit<RunOptions, 'keep'> & Pick<Stage, 'keep'>, timeline: Timeline): Promise<void> {
  const { plan, folder, progress, signal } = options;
  const suites = options.catalog.suites.filter((suite) => plan.suites.includes(suite.id));
  const done = new Set(await settledScenarios(folder, plan.cells));
  const before = await folder.events();
  const had = await timeline.span('artifact', 'resolve', () =>
    resolveAll(plan.cells, {
      signal,
      progress: (text) => progress.line('artifact', text),
      append: (event) => folder.append(event),
      before,
    }),
  );
  const stage: Stage = {
    ...options,
    timeline,
    suites,
    had,
    done,
    lost: new Set(),
    reasons: new Set(),
    images: await probeImages(),
    count: { done: 0, total: 0 },
    underWay: new Set(),
  };
  const ready = plan.cells.filter((cell) => {
    const reason = reasonNot(cell, had);
    if (reason !== undefined) block(stage, [cell], reason);
    return reason === undefined;
  });
  const open = ready.filter((cell) => openScenarios(stage, cell).length > 0);
  stage.count.total = open.flatMap((cell) => openScenarios(stage, cell)).length;
  const hosts = new Map(open.map(({ host }) => [host.id, host]));
  const hostOf = (id: string): PlannedCell['host'] => {
    const host = hosts.get(id);
    if (host === undefined) throw new Error(`Cannot lease ${id}: the plan has no such host`);
    return host;
  };
  const by = await learnedCosts(plan, options.catalog);
  if (open.length > 0)
    progress.line('plan', `${open.length} cells, ${duration(totalCost(open, by))} one after the other (${basis(open, by)})`);
  await schedule<HostJob>({
    jobs: planLeases(open).flatMap((group) => jobsOf(group, by)),
    bootSeconds: by.host,
    copies: (host) => (options.oneOfEach === true || options.keep !== undefined ? 1 : hostKindFacts(hostOf(host).spec).copies),
    fits: (host, active) => fitTogether([host, ...active].map((id) => hostOf(id).spec)),
    lease: (host, take, copy) => leaseHost(stage, hostOf(host), take, copy),
    lost: (error, job) => recordLoss(stage, job?.group.cells ?? [], error),
    blocked: (jobs, why) =>
      block(
        stage,
        jobs.flatMap(({ group }) => group.cells),
        why,
      ),
  });
  signal.throwIfAborted();
}
