import { join } from 'node:path';
import { namesProfile } from '../cri/kubelet/apparmor.ts';
import type { Engine } from '../engines/engine.ts';
import { nodeOf } from '../kubelet/differences.ts';
import { leaseKubelet } from '../run/kubelet-lease.ts';
import { eachAlone, withoutDropped, podBudget } from '../run/engine-run.ts';
import { leaseOn, type HostSetting } from '../run/engine-lease.ts';
import type { HostUp } from '../run/open-work.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { EngineGroup } from '../plan/leases.ts';
import { optionsKey, optionsOf, type EngineOptions } from '../suite/scenario.ts';
import { groupBy } from '../util/group-by.ts';
import { Semaphore } from '../util/semaphore.ts';
import type { Place } from './place.ts';
import { tryFix, tryInCell, type TrialWork } from './cell.ts';
import { imagesOf } from './images.ts';
import { TrialPlugins, type TrialKubelet } from './trial-kubelet.ts';

/** Tries every pod in every cell of an engine: first with the engine as it comes, then those fixes that are its own configuration's. */
export async function tryOnEngine(work: TrialWork, setting: HostSetting, group: EngineGroup): Promise<void> {
  try {
    const trials = await withEngine(work, setting, group, false, (place) =>
      Promise.all(work.pods.map((_, index) => tryInCell(work, place, index))),
    );
    const all = trials.flat();
    const cells = group.cells.filter(({ id }) => all.some(({ cell, ownership }) => cell.id === id && ownership.length > 0));
    if (cells.length > 0)
      await withEngine(work, setting, { ...group, cells }, true, (place) => {
        const own = all.filter(({ cell }) => cell.id === place.cell.id);
        return Promise.all(own.flatMap((trial) => trial.ownership.map((fix) => tryFix(work, place, trial, fix))));
      });
  } catch (error) {
    await eachAlone(work.stage, setting, group, error, (alone) => tryOnEngine(work, setting, alone));
  }
}

/**
 * The engine as it comes, or with device_ownership_from_security_context; with AppArmor for pods that speak of it, where the host has
 * it: an engine without it refuses them. What else its runtimes or the host ask for is as in a run.
 */
function switchesFor(
  { pods }: TrialWork,
  { runtime, kubelet }: PlannedCell,
  { host: { facts } }: HostUp,
  deviceOwnership: boolean,
): EngineOptions {
  const appArmor = facts.appArmor === true && facts.ownKernel && pods.some(namesProfile);
  return optionsOf(
    {
      ...{ id: 'try', title: 'pod of a manifest', options: { deviceOwnership, appArmor } },
      ...(kubelet === undefined ? { pod: {} } : { manifest: '' }),
    },
    { runtime, facts },
  );
}

/** Leases the engine for its cells, once for all that can share a configuration, and does `each` in every cell at once. */
async function withEngine<T>(
  work: TrialWork,
  setting: HostSetting,
  group: EngineGroup,
  deviceOwnership: boolean,
  each: (place: Place) => Promise<T>,
): Promise<T[]> {
  const shared = groupBy(group.cells, (cell) => optionsKey(switchesFor(work, cell, setting, deviceOwnership)));
  const title = `${group.engine.name} ${group.engine.version}${deviceOwnership ? ' with device_ownership_from_security_context' : ''}`;
  const results: T[][] = [];
  for (const cells of shared.values()) {
    const options = switchesFor(work, cells[0], setting, deviceOwnership);
    results.push(await withLease(work, setting, { ...group, cells }, { options, title }, each));
  }
  return results.flat();
}

async function withLease<T>(
  work: TrialWork,
  setting: HostSetting,
  group: EngineGroup,
  { options, title }: { options: EngineOptions; title: string },
  each: (place: Place) => Promise<T>,
): Promise<T[]> {
  const { stage } = work;
  const { engine, record } = await leaseOn(stage, setting, { group, options, title });
  const site = await work.site(setting);
  await using kubelet = await kubeletBefore(work, setting, engine, group.cells);
  const ready = withoutDropped(stage, group.cells, engine);
  // The group of a PCI function takes one opener at a time (EBUSY; Linux drivers/vfio/group.c).
  const alone = site.devices.flat().some(({ source }) => source.kind === 'vfio');
  // What plugins hand out is said for one pod at a time.
  const slots = new Semaphore(alone || kubelet !== undefined ? 1 : podBudget(setting.host, ready));
  const common = {
    ...{ setting, engine, record, kubelet, slots, signal: stage.signal, handlers: work.handlers, disks: site.disks },
    imageOf: imagesOf(work, setting.images),
    node: kubelet === undefined ? { ...site.node, cgroupDriver: options.cgroupDriver } : nodeOf(kubelet.context.node),
    now: () => stage.timeline.now(),
  };
  return await stage.timeline.span('pods', title, () => Promise.all(ready.map((cell) => each({ ...common, cell }))));
}

/** The kubelet of a cell that has one, with a device plugin for each resource of the manifest. */
async function kubeletBefore(
  { resources, stage: { folder, signal, timeline } }: TrialWork,
  setting: HostSetting,
  engine: Engine,
  [cell]: readonly PlannedCell[],
): Promise<(TrialKubelet & AsyncDisposable) | undefined> {
  if (cell?.kubelet === undefined) return undefined;
  const { plugins, all } = TrialPlugins.of(resources);
  const lease = await timeline.span('engine', `${cell.id}: kubelet`, () =>
    leaseKubelet(setting, cell, engine, all, { folder: join(folder.path, 'hosts'), signal }),
  );
  return { context: lease.context, plugins, [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose]() };
}
