import { scenarioKey } from '../record/observation.ts';
import { setMaxListeners } from 'node:events';
import { componentKey } from '../plan/cell.ts';
import { planLeases } from '../plan/leases.ts';
import { pauseImage, probeImage } from '../probe/image/images.ts';
import type { Document } from '../record/document.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { worthRetry } from '../judge/symptoms.ts';
import { resolveAll } from './artifacts.ts';
import { runHost } from './host-lease.ts';
import { judgeFolder } from './judge-folder.ts';
import { block, openScenarios, type RunOptions, type Stage } from './stage.ts';
import { Timeline } from './timeline.ts';

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
  const last = new Map(observed.map(({ observation }) => [scenarioKey(observation), observation.outcome]));
  const done = new Set([...last].filter(([, outcome]) => !worthRetry(outcome)).map(([key]) => key));
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
    lost: new Set(),
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
  const open = ready.filter((cell) => openScenarios(stage, cell).length > 0);
  stage.count.total = open.flatMap((cell) => openScenarios(stage, cell)).length;
  for (const group of planLeases(open)) await runHost(stage, group);
}
