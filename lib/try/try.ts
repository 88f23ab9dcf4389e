import { setMaxListeners } from 'node:events';
import type { acquireHost } from '../hosts/registry.ts';
import { allContainers } from '../manifest/pod.ts';
import type { Workload } from '../manifest/workload.ts';
import type { Plan } from '../model/cell.ts';
import type { Trial } from '../model/trial.ts';
import { costs } from '../plan/cost.ts';
import { probeImage, probeImages } from '../probe/image/images.ts';
import type { RunFolder } from '../record/run-folder.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import type { HostWork } from '../run/host-work.ts';
import { stayUp } from '../run/keep.ts';
import { onHosts, resolveOn, withArtifacts } from '../run/on-hosts.ts';
import type { Progress } from '../run/progress.ts';
import { stageOf } from '../run/stage.ts';
import type { PodDevice } from './devices.ts';
import type { CellTrial, TrialWork } from './cell.ts';
import { tryOnEngine } from './engine.ts';
import type { ContainerImage } from './images.ts';
import { prepareSite, type Site } from './site.ts';
import { triedContainers } from './suite.ts';
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
  /** Keeps the host up when all was tried; is given the trials then. The plan has one host. */
  keep?: (trials: Trial[]) => Promise<void>;
  /** How hosts are acquired; tests replace it. */
  acquire?: typeof acquireHost;
}

/** Launches the pods of a manifest in the planned cells, as they are and with what may help, and tells what came out of each: where it is interrupted, as far as it came. */
export async function tryPods(options: TryOptions): Promise<Trial[]> {
  const { plan, folder, progress, signal, pods } = options;
  setMaxListeners(0, signal);
  const started = new Date().toISOString();
  const stage = stageOf({ folder, progress, signal });
  folder.append({ event: 'started', run: folder.id, at: started, podproof: options.version, profile: plan.profile });
  const resolved = await resolveOn(stage, plan.cells);
  const sites = new Map<unknown, Promise<Site>>();
  const trials = new Map<string, CellTrial>();
  const work: TrialWork = {
    stage,
    pods: pods.map(({ workload }) => workload.pod),
    resources: pods.map(({ workload: { pod }, devices }) => ({ pod, devices })),
    scenarios: scenariosOf(pods),
    handlers: options.handlers,
    imageUser: options.imageUser,
    images: options.images,
    site: (setting: HostSetting) => {
      const asked = pods.map(({ devices }) => devices);
      const site = sites.get(setting.host) ?? prepareSite(setting, asked);
      sites.set(setting.host, site);
      return site;
    },
    begun: (trial) => void trials.set(`${trial.pod} ${trial.cell.id}`, trial),
  };
  const ready = withArtifacts(stage, plan.cells, resolved);
  const { keep } = options;
  let documents: Trial[] | undefined;
  const images = await probeImages();
  const onHost: HostWork = {
    resolved,
    images: {
      ...images,
      // Every engine has one image whose USER is not root.
      ...(options.imageUser === undefined ? {} : { user777: await probeImage({ user: String(options.imageUser) }) }),
      own: options.images.map(({ image }) => image),
    },
    scenarios: () => [],
    engine: (setting, group) => tryOnEngine(work, setting, group),
    keep:
      keep &&
      (async (host) => {
        await keep((documents = await ended()));
        await stayUp(stage, host);
      }),
    acquire: options.acquire,
  };
  try {
    await onHosts(stage, onHost, ready, { by: costs(), once: true, lost: async () => undefined });
    signal.throwIfAborted();
  } catch (error) {
    if (!signal.aborted || trials.size === 0) throw error;
    // Whoever looked around on a host that was kept has seen enough.
    if (documents === undefined) options.progress.line('try', 'interrupted; this is what was tried');
    else options.progress.line('keep', 'the host was given back');
  }
  stage.timeline.close();
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

function scenariosOf(pods: TryOptions['pods']): Array<ReadonlyMap<string, string>> {
  const tried = triedContainers(pods);
  return pods.map(
    ({ workload: { pod } }, index) =>
      new Map(allContainers(pod.spec).map(({ name }, at) => [name, tried[index]?.[at]?.scenario ?? name])),
  );
}
