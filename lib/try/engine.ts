import { withoutDropped, podBudget } from '../run/engine-run.ts';
import { leaseEngine, type HostSetting } from '../run/engine-lease.ts';
import { block, type Stage } from '../run/stage.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { EngineGroup } from '../plan/leases.ts';
import { optionsKey, optionsOf, type EngineOptions } from '../suite/scenario.ts';
import { BlockedError } from '../util/errors.ts';
import { groupBy } from '../util/group-by.ts';
import { Semaphore } from '../util/semaphore.ts';
import { appendRecord } from '../record/ndjson.ts';
import type { Pod } from '../manifest/pod.ts';
import { launchTrial, type Launched, type Place } from './attempt.ts';
import { cdiSpecification } from './cdi.ts';
import { changed } from './change.ts';
import { answerWords } from '../model/trial-answer.ts';
import type { Fix } from './fix.ts';
import { imagesOf, type ContainerImage } from './images.ts';
import { planFixes } from './fixes.ts';
import { acceptedFixes, after } from './refusals.ts';
import type { Site } from './site.ts';

/** Everything that was launched for one pod in one cell: the pod as it is, then the fixes. */
export interface CellTrial {
  pod: number;
  cell: PlannedCell;
  host: HostSetting['host']['facts'];
  asItIs: Launched;
  fixes: Array<{ fix: Fix; launched: Launched }>;
}

/** What engines and their cells share. */
export interface TrialWork {
  pods: readonly Pod[];
  site: (setting: HostSetting) => Promise<Site>;
  handlers: ReadonlyMap<string, string>;
  imageUser: number | undefined;
  images: readonly ContainerImage[];
  /** Hears of every cell that was tried to the end. */
  done: (trial: CellTrial) => void;
}

/** Tries every pod in every cell of an engine: first with the engine as it comes, then those fixes that are its own configuration's. */
export async function tryOnEngine(work: TrialWork, stage: Stage, setting: HostSetting, group: EngineGroup): Promise<void> {
  try {
    const trials = await withEngine(work, stage, setting, group, false, (place, slots) =>
      Promise.all(work.pods.map((_, index) => tryInCell(work, stage, place, slots, index))),
    );
    const all = trials.flat();
    const cells = group.cells.filter(({ id }) => all.some(({ cell, ownership }) => cell.id === id && ownership.length > 0));
    if (cells.length > 0)
      await withEngine(work, stage, setting, { ...group, cells }, true, (place, slots) =>
        Promise.all(
          all
            .filter(({ cell }) => cell.id === place.cell.id)
            .flatMap((trial) =>
              trial.ownership.map(async (fix) =>
                trial.fixes.push({ fix, launched: await launchOne(work, stage, place, slots, trial.pod, fix) }),
              ),
            ),
        ),
      );
    for (const { ownership: _, ...trial } of all) work.done(trial);
  } catch (error) {
    stage.signal.throwIfAborted();
    if (!(error instanceof BlockedError)) throw error;
    if (group.cells.length === 1) return block(stage, group.cells, error);
    stage.progress.line('engine', `${error.message}; trying each runtime alone`);
    for (const cell of group.cells) await tryOnEngine(work, stage, setting, { ...group, cells: [cell] });
  }
}

/** The engine as it comes, or with device_ownership_from_security_context; what else its runtimes or the host ask for is as in a run. */
function switchesFor({ runtime }: PlannedCell, { host: { facts } }: HostSetting, deviceOwnership: boolean): EngineOptions {
  return optionsOf({ id: 'try', title: 'pod of a manifest', pod: {}, options: { deviceOwnership } }, { runtime, facts });
}

/** Leases the engine for its cells, once for all that can share a configuration, and does `each` in every cell at once. */
async function withEngine<T>(
  work: TrialWork,
  stage: Stage,
  setting: HostSetting,
  group: EngineGroup,
  deviceOwnership: boolean,
  each: (place: Place, slots: Semaphore) => Promise<T>,
): Promise<T[]> {
  const shared = groupBy(group.cells, (cell) => optionsKey(switchesFor(cell, setting, deviceOwnership)));
  const results: T[][] = [];
  for (const cells of shared.values())
    results.push(await withLease(work, stage, setting, { ...group, cells }, deviceOwnership, each));
  return results.flat();
}

async function withLease<T>(
  work: TrialWork,
  stage: Stage,
  setting: HostSetting,
  group: EngineGroup,
  deviceOwnership: boolean,
  each: (place: Place, slots: Semaphore) => Promise<T>,
): Promise<T[]> {
  const [first] = group.cells;
  if (first === undefined) return [];
  const options = switchesFor(first, setting, deviceOwnership);
  const title = `${group.engine.name} ${group.engine.version}${deviceOwnership ? ' with device_ownership_from_security_context' : ''}`;
  const { engine, record } = await stage.timeline.span('engine', title, () =>
    leaseEngine(setting, group, options, { signal: stage.signal, now: () => stage.timeline.now() }),
  );
  await using _ = stage.timeline.releasing(title, engine);
  stage.folder.append({ event: 'lease', record });
  stage.progress.line('engine', `${title}: ready in ${((record.readyMs - record.startMs) / 1000).toFixed(1)} s`);
  const site = await work.site(setting);
  const ready = withoutDropped(stage, group.cells, engine);
  // The group of a PCI function takes one opener at a time (EBUSY; Linux drivers/vfio/group.c).
  const alone = site.devices.flat().some(({ source }) => source.kind === 'vfio');
  const slots = new Semaphore(alone ? 1 : podBudget(setting.host, ready));
  const common = {
    ...{
      setting,
      engine,
      record,
      imageOf: imagesOf(work, setting.images),
      signal: stage.signal,
      handlers: work.handlers,
      disks: site.disks,
    },
    node: { ...site.node, cgroupDriver: options.cgroupDriver },
    now: () => stage.timeline.now(),
  };
  return await stage.timeline.span('pods', title, () => Promise.all(ready.map((cell) => each({ ...common, cell }, slots))));
}

/** A trial with the fixes that wait for an engine of another configuration. */
type OpenTrial = CellTrial & { ownership: Fix[] };

async function tryInCell(work: TrialWork, stage: Stage, place: Place, slots: Semaphore, pod: number): Promise<OpenTrial> {
  const { cell, setting } = place;
  const target = podOf(work, pod);
  const node = { engine: cell.engine, disposable: setting.host.facts.disposable };
  const tryAll = (fixes: readonly Fix[]): Promise<CellTrial['fixes']> =>
    Promise.all(fixes.map(async (fix) => ({ fix, launched: await launchOne(work, stage, place, slots, pod, fix) })));
  const asItIs = await launchOne(work, stage, place, slots, pod);
  const { outcome, reason = '' } = asItIs.attempt;
  const accepted = outcome === 'refused' ? await tryAll(acceptedFixes(target, reason)) : [];
  const fixes = [
    ...planFixes(target, outcome === 'ran' ? asItIs.found : [], node),
    ...accepted.flatMap(({ fix, launched: { found, attempt } }) =>
      attempt.outcome === 'ran' ? planFixes(changed(target, fix.changes), found, node).map((next) => after(fix, next)) : [],
    ),
  ];
  const seen = [asItIs, ...accepted.map(({ launched }) => launched)].findLast(({ attempt }) => attempt.outcome === 'ran');
  if (seen !== undefined && fixes.some(({ give }) => give === 'cdi')) await writeCdi(work, setting, pod, seen);
  const [later, now] = [fixes.filter(({ ownership }) => ownership), fixes.filter(({ ownership }) => !ownership)];
  return { pod, cell, host: setting.host.facts, asItIs, fixes: [...accepted, ...(await tryAll(now))], ownership: later };
}

async function launchOne(
  work: TrialWork,
  stage: Stage,
  place: Place,
  slots: Semaphore,
  pod: number,
  fix?: Fix,
): Promise<Launched> {
  const { cell } = place;
  const target = podOf(work, pod);
  const title = `${cell.id}${work.pods.length > 1 ? ` ${target.metadata.name}` : ''}`;
  const name = `${title} ${fix?.id ?? 'as it is'}`;
  stage.count.total++;
  const tell = (): void => stage.progress.count(stage.count.done, stage.count.total, [...stage.underWay]);
  const site = await work.site(place.setting);
  return slots.run(async () => {
    stage.underWay.add(name);
    tell();
    try {
      const launched = await launchTrial(place, target, site.devices[pod] ?? [], fix);
      for (const observation of launched.observations) appendRecord(stage.folder.observationsFile(cell.id), observation);
      stage.progress.line('answer', `${title}, ${fix?.title ?? 'as it is'}: ${answerWords(launched.attempt)}`);
      return launched;
    } finally {
      stage.underWay.delete(name);
      stage.count.done++;
      tell();
    }
  });
}

function podOf({ pods }: TrialWork, index: number): Pod {
  const pod = pods[index];
  if (pod === undefined) throw new Error(`Cannot try pod ${index}: there are ${pods.length}`);
  return pod;
}

/** Where engines look for CDI devices, a file with those of this pod for the ids that its processes have. */
async function writeCdi(work: TrialWork, setting: HostSetting, pod: number, { found }: Launched): Promise<void> {
  const { devices } = await work.site(setting);
  const { text } = cdiSpecification(devices[pod] ?? [], (container) => {
    const who = found.find(({ name }) => name === container)?.who;
    return { uid: who?.uids[1] ?? 0, gid: who?.gids[1] ?? 0 };
  });
  await setting.host.write(`${setting.fixtures.cdiDirectory}/podproof-try-${pod}.yaml`, text);
}
