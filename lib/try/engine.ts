import { withoutDropped, podBudget } from '../run/engine-run.ts';
import { leaseEngine, type HostSetting } from '../run/engine-lease.ts';
import { block, type Stage } from '../run/stage.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { EngineGroup } from '../plan/leases.ts';
import { defaultOptions, type EngineOptions } from '../suite/scenario.ts';
import { BlockedError } from '../util/errors.ts';
import { Semaphore } from '../util/semaphore.ts';
import { appendRecord } from '../record/ndjson.ts';
import type { Pod } from '../manifest/pod.ts';
import { launchTrial, type Launched, type Place } from './attempt.ts';
import { cdiSpecification } from './cdi.ts';
import { answerWords } from '../model/trial-answer.ts';
import { planFixes, type Fix } from './fixes.ts';
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
  /** Hears of every cell that was tried to the end. */
  done: (trial: CellTrial) => void;
}

/** Tries every pod in every cell of an engine: first with the engine as it comes, then those fixes that are its own configuration's. */
export async function tryOnEngine(work: TrialWork, stage: Stage, setting: HostSetting, group: EngineGroup): Promise<void> {
  try {
    const trials = await withEngine(stage, setting, group, { ...defaultOptions, deviceOwnership: false }, (place, slots, cell) =>
      Promise.all(work.pods.map((_, index) => tryInCell(work, stage, place(cell), slots, index))),
    );
    const left = trials.flat().flatMap((trial) => trial.ownership.map((fix) => ({ trial, fix })));
    const cells = group.cells.filter(({ id }) => left.some(({ trial }) => trial.cell.id === id));
    if (cells.length > 0)
      await withEngine(stage, setting, { ...group, cells }, defaultOptions, (place, slots, cell) =>
        Promise.all(
          left
            .filter(({ trial }) => trial.cell.id === cell.id)
            .map(async ({ trial, fix }) => {
              const launched = await launchOne(work, stage, place(cell), slots, trial.pod, fix);
              trial.fixes.push({ fix, launched });
            }),
        ),
      );
    for (const { ownership: _, ...trial } of trials.flat()) work.done(trial);
  } catch (error) {
    stage.signal.throwIfAborted();
    if (!(error instanceof BlockedError)) throw error;
    if (group.cells.length === 1) return block(stage, group.cells, error);
    stage.progress.line('engine', `${error.message}; trying each runtime alone`);
    for (const cell of group.cells) await tryOnEngine(work, stage, setting, { ...group, cells: [cell] });
  }

  async function withEngine<T>(
    stage_: Stage,
    setting_: HostSetting,
    { engine: { name, version }, cells }: EngineGroup,
    asked: EngineOptions,
    each: (place: (cell: PlannedCell) => Place, slots: Semaphore, cell: PlannedCell) => Promise<T>,
  ): Promise<T[]> {
    // On a host without systemd there is nobody who could make slices.
    const options: EngineOptions = setting_.host.facts.systemd === false ? { ...asked, cgroupDriver: 'cgroupfs' } : asked;
    const title = `${name} ${version}${options.deviceOwnership ? ' with device_ownership_from_security_context' : ''}`;
    const { engine, record } = await stage_.timeline.span('engine', title, () =>
      leaseEngine(setting_, { ...group, cells }, options, { signal: stage_.signal, now: () => stage_.timeline.now() }),
    );
    await using _ = stage_.timeline.releasing(title, engine);
    stage_.folder.append({ event: 'lease', record });
    stage_.progress.line('engine', `${title}: ready in ${((record.readyMs - record.startMs) / 1000).toFixed(1)} s`);
    const site = await work.site(setting_);
    const ready = withoutDropped(stage_, cells, engine);
    // The group of a PCI function takes one opener at a time (EBUSY; Linux drivers/vfio/group.c).
    const alone = site.devices.flat().some(({ source }) => source.kind === 'vfio');
    const slots = new Semaphore(alone ? 1 : podBudget(setting_.host, ready));
    const place = (cell: PlannedCell): Place => ({
      ...{ setting: setting_, engine, record, cell, signal: stage_.signal, handlers: work.handlers },
      ...{ node: { ...site.node, cgroupDriver: options.cgroupDriver }, disks: site.disks, now: () => stage_.timeline.now() },
      image:
        work.imageUser === undefined
          ? { reference: setting_.images.root }
          : { reference: setting_.images.user777, user: work.imageUser },
    });
    return await stage_.timeline.span('pods', title, () => Promise.all(ready.map((cell) => each(place, slots, cell))));
  }
}

/** A trial with the fixes that wait for an engine of another configuration. */
type OpenTrial = CellTrial & { ownership: Fix[] };

async function tryInCell(work: TrialWork, stage: Stage, place: Place, slots: Semaphore, pod: number): Promise<OpenTrial> {
  const { cell, setting } = place;
  const asItIs = await launchOne(work, stage, place, slots, pod);
  const fixes = planFixes(podOf(work, pod), asItIs.found, { engine: cell.engine, disposable: setting.host.facts.disposable });
  if (fixes.some(({ give }) => give === 'cdi')) await writeCdi(work, setting, pod, asItIs);
  const now = fixes.filter(({ ownership }) => !ownership);
  const launched = await Promise.all(
    now.map(async (fix) => ({ fix, launched: await launchOne(work, stage, place, slots, pod, fix) })),
  );
  return { pod, cell, host: setting.host.facts, asItIs, fixes: launched, ownership: fixes.filter(({ ownership }) => ownership) };
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
  const name = `${cell.id} ${fix?.id ?? 'as it is'}`;
  stage.count.total++;
  const tell = (): void => stage.progress.count(stage.count.done, stage.count.total, [...stage.underWay]);
  const site = await work.site(place.setting);
  return slots.run(async () => {
    stage.underWay.add(name);
    tell();
    try {
      const launched = await launchTrial(place, podOf(work, pod), site.devices[pod] ?? [], fix);
      for (const observation of launched.observations) appendRecord(stage.folder.observationsFile(cell.id), observation);
      stage.progress.line('answer', `${cell.id}, ${fix?.title ?? 'as it is'}: ${answerWords(launched.attempt)}`);
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
