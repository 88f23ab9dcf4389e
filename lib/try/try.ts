import { setMaxListeners } from 'node:events';
import { fitTogether } from '../hosts/shared/machine-lease.ts';
import type { acquireHost } from '../hosts/registry.ts';
import type { Workload } from '../manifest/workload.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import type { Trial } from '../model/trial.ts';
import { costs } from '../plan/cost.ts';
import { planLeases } from '../plan/leases.ts';
import { probeImage, probeImages } from '../probe/image/images.ts';
import type { RunFolder } from '../record/run-folder.ts';
import { reasonNot, resolveAll } from '../run/artifacts.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import { jobsOf, leaseHost, type HostJob } from '../run/host-lease.ts';
import type { Progress } from '../run/progress.ts';
import { schedule } from '../run/schedule.ts';
import { block, type Stage } from '../run/stage.ts';
import { Timeline } from '../run/timeline.ts';
import type { PodDevice } from './devices.ts';
import type { CellTrial, TrialWork } from './cell.ts';
import { tryOnEngine } from './engine.ts';
import type { ContainerImage } from './images.ts';
import { prepareSite, type Site } from './site.ts';
import { trialOf } from './trial.ts';

export interface TryOptions {
  /** What is tried, and the devices of each. */
  pods: ReadonlyArray<{ workload: Workload; devices: readonly PodDevice[] }>;
  file: string;
  plan: Plan;
  folder: RunFolder;
  version: string;
  progress: Progress;
  signal: AbortSignal;
  /** USER of the images that the probe stands for. */
  imageUser: number | undefined;
  /** Images that are run themselves. */
  images: readonly ContainerImage[];
  /** runtimeClassName → handler. */
  handlers: ReadonlyMap<string, string>;
  /** Keeps the host up when all was tried; hears of the trials then. The plan has one host. */
  keep?: (trials: Trial[]) => Promise<void>;
  /** How hosts are had: another way for tests. */
  acquire?: typeof acquireHost;
}

/** Launches the pods of a manifest in the planned cells, as they are and with what may help, and tells what came out of each: where it is interrupted, as far as it came. */
export async function tryPods(options: TryOptions): Promise<Trial[]> {
  const { plan, folder, progress, signal, pods } = options;
  setMaxListeners(0, signal);
  const started = new Date().toISOString();
  const timeline = new Timeline(
    Date.now(),
    (event) => folder.append(event),
    (phase, name) => progress.begin(phase, name),
  );
  folder.append({ event: 'started', run: folder.id, at: started, podproof: options.version, profile: plan.profile });
  const had = await timeline.span('artifact', 'resolve', () =>
    resolveAll(plan.cells, {
      signal,
      progress: (text) => progress.line('artifact', text),
      append: (event) => folder.append(event),
    }),
  );
  const images = await probeImages();
  const stage: Stage = {
    ...{ plan, folder, progress, signal, timeline, had, version: options.version },
    ...(options.acquire === undefined ? {} : { acquire: options.acquire }),
    catalog: { suites: [], known: [], selects: () => false },
    suites: [],
    // Every engine has one image whose USER is not root.
    images: {
      ...images,
      ...(options.imageUser === undefined ? {} : { user777: await probeImage({ user: String(options.imageUser) }) }),
      own: options.images.map(({ image }) => image),
    },
    count: { done: 0, total: 0 },
    underWay: new Set(),
    done: new Set(),
    lost: new Set(),
    reasons: new Set(),
  };
  const sites = new Map<unknown, Promise<Site>>();
  const trials = new Map<string, CellTrial>();
  const work: TrialWork = {
    pods: pods.map(({ workload }) => workload.pod),
    handlers: options.handlers,
    imageUser: options.imageUser,
    images: options.images,
    site: ({ host, ...setting }: HostSetting) => {
      const site =
        sites.get(host) ??
        prepareSite(
          { host, ...setting },
          pods.map(({ devices }) => devices),
        );
      sites.set(host, site);
      return site;
    },
    begun: (trial) => void trials.set(`${trial.pod} ${trial.cell.id}`, trial),
  };
  const ready = plan.cells.filter((cell) => {
    const reason = reasonNot(cell, had);
    if (reason !== undefined) block(stage, [cell], reason);
    return reason === undefined;
  });
  const { keep } = options;
  let documents: Trial[] | undefined;
  if (keep !== undefined) stage.keep = async () => keep((documents = await ended()));
  try {
    await runCells(stage, work, ready);
    signal.throwIfAborted();
  } catch (error) {
    if (!signal.aborted || trials.size === 0) throw error;
    // Whoever looked around on a host that was kept has seen enough.
    if (documents === undefined) options.progress.line('try', 'interrupted; this is what was tried');
    else options.progress.line('keep', 'the host was given back');
  }
  timeline.close();
  return documents ?? (await ended(!signal.aborted));

  async function ended(complete = true): Promise<Trial[]> {
    const at = new Date().toISOString();
    folder.append({ event: 'ended', at, complete });
    const blocked = new Map(
      (await folder.events()).flatMap((event) =>
        event.event === 'blocked' ? event.cells.map((cell) => [cell, event.reason] as const) : [],
      ),
    );
    const [site] = await Promise.all(sites.values());
    const all: Trial[] = [];
    for (const [index, { workload, devices }] of pods.entries()) {
      const patches = all.flatMap(({ fixes }) => fixes).length;
      const head = { podproof: options.version, started, ended: at, file: options.file, patches };
      all.push(
        trialOf(head, workload, devices, plan.cells, {
          trials: [...trials.values()]
            .filter((trial) => trial.pod === index)
            .sort((a, b) => ready.indexOf(a.cell) - ready.indexOf(b.cell)),
          placed: site?.devices[index] ?? [],
          blocked,
        }),
      );
    }
    return all;
  }
}

/** Each host once, and on it each engine. */
async function runCells(stage: Stage, work: TrialWork, cells: readonly PlannedCell[]): Promise<void> {
  const hosts = new Map(cells.map(({ host }) => [host.id, host]));
  const hostOf = (id: string): PlannedCell['host'] => {
    const host = hosts.get(id);
    if (host === undefined) throw new Error(`Cannot lease ${id}: the plan has no such host`);
    return host;
  };
  const by = costs();
  await schedule<HostJob>({
    jobs: planLeases(cells).flatMap((group) => jobsOf(group, by)),
    bootSeconds: by.host,
    copies: () => 1,
    fits: (host, active) => fitTogether([host, ...active].map((id) => hostOf(id).spec)),
    lease: (host, take, copy) =>
      leaseHost(stage, hostOf(host), take, copy, (_, setting, group) => tryOnEngine(work, stage, setting, group)),
    lost: async (error) => stage.progress.line('host', `${error.message}; bringing it back`),
    blocked: (jobs, why) =>
      block(
        stage,
        jobs.flatMap(({ group }) => group.cells),
        why,
      ),
  });
}
