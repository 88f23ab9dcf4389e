import type { Pod } from '../manifest/pod.ts';
import type { PlannedCell } from '../model/cell.ts';
import { answerWords } from '../model/trial-answer.ts';
import { appendRecord } from '../record/ndjson.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import type { Stage } from '../run/stage.ts';
import { launchTrial, type Launched } from './attempt.ts';
import { lostGuest } from './lost-guest.ts';
import type { Place } from './place.ts';
import { cdiSpecification } from './cdi.ts';
import { changed } from './change.ts';
import type { PlacedDevice, PodDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import { planFixes } from './fixes.ts';
import type { ContainerImage } from './images.ts';
import { acceptedFixes, after, stands } from './refusals.ts';
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
  stage: Stage;
  pods: readonly Pod[];
  /** The same with what they ask for, before they have a host. */
  resources: ReadonlyArray<{ pod: Pod; devices: readonly PodDevice[] }>;
  /** For each pod the scenarios of its containers, by their names. */
  scenarios: ReadonlyArray<ReadonlyMap<string, string>>;
  site: (setting: HostSetting) => Promise<Site>;
  handlers: ReadonlyMap<string, string>;
  imageUser: number | undefined;
  images: readonly ContainerImage[];
  /** Hears of a trial once the pod was launched as it is; its fixes are added as they are tried. */
  begun: (trial: CellTrial) => void;
}

/** A trial with the fixes that wait for an engine of another configuration. */
export type OpenTrial = CellTrial & { ownership: Fix[] };

/** Launches a pod as it is, and then with the fixes that need no engine of another configuration. */
export async function tryInCell(work: TrialWork, place: Place, pod: number): Promise<OpenTrial> {
  const { cell, setting } = place;
  const target = podOf(work, pod);
  const node = { engine: cell.engine, disposable: setting.host.facts.disposable };
  const asItIs = await launchOne(work, place, pod);
  const trial: OpenTrial = { pod, cell, host: setting.host.facts, asItIs, fixes: [], ownership: [] };
  work.begun(trial);
  const { outcome, reason = '' } = asItIs.attempt;
  if (outcome === 'refused') {
    const fixes = acceptedFixes(target, reason, await devicesIn(work, place, pod));
    await Promise.all(fixes.map((fix) => tryFix(work, place, trial, fix)));
  }
  const accepted = trial.fixes.filter(({ launched }) => launched.attempt.outcome === 'ran');
  const fixes = [
    ...planFixes(target, outcome === 'ran' ? asItIs.found : [], node),
    ...accepted.flatMap(({ fix, launched: { found } }) =>
      planFixes(changed(target, fix.changes), found, node)
        .filter((next) => stands(fix, next))
        .map((next) => after(fix, next)),
    ),
  ];
  const seen = accepted.at(-1)?.launched ?? asItIs;
  if (fixes.some(({ give }) => give === 'cdi')) await writeCdi(setting, await devicesIn(work, place, pod), seen);
  await Promise.all(fixes.filter((fix) => !needsKey(fix)).map((fix) => tryFix(work, place, trial, fix)));
  return Object.assign(trial, { ownership: fixes.filter(needsKey) });
}

/** Whether it is tried on an engine with device_ownership_from_security_context. */
function needsKey({ id }: Fix): boolean {
  return id === 'ownership';
}

/** Launches the pod of a trial with a fix, and adds what came out. */
export async function tryFix(work: TrialWork, place: Place, trial: CellTrial, fix: Fix): Promise<void> {
  trial.fixes.push({ fix, launched: await launchOne(work, place, trial.pod, fix) });
}

async function launchOne(work: TrialWork, place: Place, pod: number, fix?: Fix): Promise<Launched> {
  const { stage } = work;
  const { cell } = place;
  const target = podOf(work, pod);
  const title = `${cell.id}${work.pods.length > 1 ? ` ${target.metadata.name}` : ''}`;
  const name = `${title} ${fix?.id ?? 'as it is'}`;
  stage.pods.expect(1);
  const given = { devices: await devicesIn(work, place, pod), scenarios: work.scenarios[pod] ?? new Map() };
  const launch = async (): Promise<Launched> => {
    const launched = await launchTrial(place, target, given, fix);
    for (const observation of launched.observations) appendRecord(stage.folder.observationsFile(cell.id), observation);
    return launched;
  };
  return place.slots.run(async () => {
    stage.pods.begin(name);
    try {
      const first = await launch();
      const lost = lostGuest(cell.runtime.name, place.setting.host.facts, first.observations);
      if (lost !== undefined) stage.progress.line('retry', `${name}: ${lost}`);
      const launched = lost === undefined ? first : await launch();
      stage.progress.line('answer', `${title}, ${fix?.title ?? 'as it is'}: ${answerWords(launched.attempt)}`);
      return launched;
    } finally {
      stage.pods.end(name);
      stage.pods.done();
    }
  });
}

function podOf({ pods }: TrialWork, index: number): Pod {
  const pod = pods[index];
  if (pod === undefined) throw new Error(`Cannot try pod ${index}: there are ${pods.length}`);
  return pod;
}

/** The devices of a pod on the host of a cell. By CDI they have names of this cell, as those of another runtime beside it may have other ids. */
async function devicesIn(work: TrialWork, { cell, setting }: Place, pod: number): Promise<PlacedDevice[]> {
  const { devices } = await work.site(setting);
  const suffix = cell.id.replaceAll(/[^a-z0-9]+/g, '-');
  return (devices[pod] ?? []).map((device) => ({ ...device, cdi: `${device.cdi}-${suffix}` }));
}

/** Where engines look for CDI devices, a file with these devices for the ids that their processes have, with the modes that they saw. */
async function writeCdi(
  { host, fixtures }: Pick<HostSetting, 'host' | 'fixtures'>,
  devices: readonly PlacedDevice[],
  { found }: Launched,
): Promise<void> {
  const [first] = devices;
  if (first === undefined) return;
  const nodes = devices.map(({ cdi, container, nodes: own }) => {
    const seen = found.find(({ name }) => name === container)?.devices ?? [];
    return {
      ...{ cdi, container },
      nodes: own.map((node) => ({ ...node, mode: seen.find(({ device }) => device.path === node.path)?.node?.mode })),
    };
  });
  const { text } = cdiSpecification(nodes, (container) => {
    const who = found.find(({ name }) => name === container)?.who;
    return { uid: who?.uids[1] ?? 0, gid: who?.gids[1] ?? 0 };
  });
  await host.write(`${fixtures.cdiDirectory}/podproof-try-${first.cdi}.yaml`, text);
}
