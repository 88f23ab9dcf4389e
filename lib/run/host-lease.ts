import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import { reasonNotRunnable } from '../artifacts/inspect.ts';
import { reasonNotOnHost } from '../artifacts/host-limits.ts';
import { hostKindFacts, type HostSpec } from '../hosts/facts.ts';
import { acquireHost } from '../hosts/registry.ts';
import { prepareFixtures } from '../hosts/shared/fixtures.ts';
import { reasonMissing } from '../hosts/shared/assert-fit.ts';
import type { Attachment, Host } from '../hosts/host.ts';
import type { ImageVariant } from '../hosts/image/facts.ts';
import { openLedger } from '../hosts/shared/ledger.ts';
import { leaseMachine } from '../hosts/shared/machine-lease.ts';
import { componentKey, componentsOf, type PlannedCell } from '../model/cell.ts';
import type { Costs } from '../plan/cost.ts';
import type { EngineGroup, HostGroup } from '../plan/leases.ts';
import type { OciImage } from '../probe/image/oci.ts';
import { imageReference, serveImages } from '../probe/registry.ts';
import { appendRecord } from '../record/ndjson.ts';
import type { Observation } from '../model/observation.ts';
import type { HostLostError } from '../util/errors.ts';
import { programsOf } from './artifacts.ts';
import type { HostSetting } from './engine-lease.ts';
import { EnginePlace } from './engine-place.ts';
import { featuresOf, hostNeeds, imageVariant } from './host-needs.ts';
import type { HostWork } from './host-work.ts';
import { keepHost } from './keep.ts';
import type { Job } from './schedule.ts';
import { sealRuntime } from './sealed-runtime.ts';
import type { OpenWork } from './open-work.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';

/** One engine of one host with its cells: never split, as it is started once. */
export interface HostJob extends Job {
  spec: HostSpec;
  /** What the image of its host must hold; the same for all jobs of a host. */
  variant: ImageVariant;
  /** All cells of its host, in whatever job. */
  together: readonly PlannedCell[];
  group: EngineGroup;
}

/** The engines of a host as jobs. */
export function jobsOf(hostGroup: HostGroup, by: Costs): HostJob[] {
  const { host, engines } = hostGroup;
  return engines.map((group) => ({
    host: host.id,
    spec: host.spec,
    variant: imageVariant(hostGroup),
    together: engines.flatMap(({ cells }) => cells),
    group,
    seconds: by.engine + group.cells.reduce((sum, cell) => sum + by.cell(cell), 0),
  }));
}

/**
 * What was under way when the host died, or ran into a deadline after the host last answered, gets that as its
 * outcome. It is launched again; a scenario that takes the host down a second time has shown that it does so, and is not tried
 * a third time.
 */
export async function recordLoss(
  { folder, timeline }: Pick<Stage, 'folder' | 'timeline'>,
  open: OpenWork,
  cells: readonly PlannedCell[],
  { message, consoleTail, answeredMs }: HostLostError,
): Promise<void> {
  for (const [key, observation] of await folder.latest(cells.map((cell) => cell.id))) {
    if (!wasUnderWay(observation, timeline, answeredMs)) {
      open.settle([key]);
      continue;
    }
    const lastCall = observation.calls.at(-1)?.call ?? 'none';
    const outcome = { kind: 'host-lost' as const, message, consoleTail, lastCall, repeated: open.lose(key) };
    appendRecord(folder.observationsFile(observation.cell), { ...observation, outcome });
  }
}

function wasUnderWay({ outcome, endMs }: Observation, { origin }: Timeline, answeredMs: number | undefined): boolean {
  if (outcome.kind === 'error') return true;
  const late = outcome.kind === 'refused' && outcome.code === 'DEADLINE_EXCEEDED';
  return late && answeredMs !== undefined && origin + endMs > answeredMs;
}

/** Holds a host as long as `take` gives engines to test on it. A `copy` above the first keeps its logs apart. */
export async function leaseHost(
  stage: Stage,
  work: HostWork,
  { id, spec }: PlannedCell['host'],
  take: () => HostJob | undefined,
  copy: number,
): Promise<void> {
  const { folder, timeline, signal, progress } = stage;
  await using _share = await leaseMachine(hostKindFacts(spec).claim(spec), {
    title: `run ${folder.id}, host ${id}`,
    signal,
    onWait: (why) => progress.line('host', `${id}: ${why}`),
  });
  const first = take();
  if (first === undefined) return;
  const context = {
    ledger: await openLedger(folder.id),
    logs: join(folder.path, 'hosts', copy === 1 ? id : `${id}-${copy}`),
    signal,
    progress: (text: string) => progress.line('host', text),
  };
  const acquire = work.acquire ?? acquireHost;
  const needs = await hostNeeds(work, spec, first.together);
  await using host = await timeline.span('host', first.host, () =>
    acquire(first.host, spec, context, { variant: first.variant, needs }),
  );
  await using registry = await serveImages(Object.values(work.images).flat());
  const setting = await timeline.span('host', `${id}: fixtures and artifacts`, () =>
    settle(work, first.group, host, registry.port),
  );
  folder.append({ event: 'host', host: host.id, facts: host.facts, fixtures: setting.fixtures });
  try {
    let last: EngineGroup | undefined;
    for (let job: HostJob | undefined = first; job !== undefined; job = take()) {
      if (job !== first) await attachArtifacts(work.resolved, job.group, setting);
      const cells = await runnableCells(stage, work, setting, job.group);
      if (cells.length === 0) continue;
      last = { ...job.group, cells };
      await work.engine(setting, last);
    }
    if (work.keep !== undefined && last !== undefined) await keepHost(stage, setting, last, work.keep);
  } finally {
    if (!hostKindFacts(spec).ownMachine) await vacated(setting);
  }
}

/** Throws HostLostError where the host is lost: a dead one takes no release either. */
async function vacated({ engines, host }: Pick<HostSetting, 'engines' | 'host'>): Promise<void> {
  await engines.vacate().catch(async (error: unknown) => {
    await host.assertAlive();
    throw error;
  });
}

/** Puts fixtures, our registry and the binaries of an engine's cells on a host. */
export async function settle(
  { resolved, images }: Pick<HostWork, 'resolved' | 'images'>,
  group: EngineGroup,
  host: Host,
  registryPort: number,
): Promise<HostSetting> {
  const prefixes: HostSetting['prefixes'] = new Map();
  const [fixtures, port] = await Promise.all([
    prepareFixtures(host, host.fixtures),
    host.expose(registryPort),
    attachArtifacts(resolved, group, { host, prefixes }),
  ]);
  const { pause, root, user777, own = [] } = images;
  const named = (image: OciImage): string => imageReference(image, port);
  return {
    host,
    engines: new EnginePlace(),
    fixtures,
    registryPort: port,
    images: { pause: named(pause), root: named(root), user777: named(user777), own: own.map(named) },
    prefixes,
  };
}

/** Where an artifact is on every host follows from what it is. */
export function attachmentOf({ name, version, sha256, directory }: Artifact): Attachment {
  return { id: `${name}-${version}-${sha256.slice(0, 8)}`, directory };
}

/** Makes the binaries of an engine, its runtimes and its CNI plugins readable on the host. */
async function attachArtifacts(
  resolved: HostWork['resolved'],
  { cells }: EngineGroup,
  { host, prefixes }: Pick<HostSetting, 'host' | 'prefixes'>,
): Promise<void> {
  const components = new Map(cells.flatMap(componentsOf).map((component) => [componentKey(component), component]));
  await Promise.all(
    [...components].map(async ([key, component]) => {
      const found = resolved.get(key);
      if (found === undefined || !('artifact' in found)) return;
      const { artifact } = found;
      const path = await host.attach(attachmentOf(artifact));
      prefixes.set(key, { artifact, path, sealed: await sealRuntime(host, component, artifact, path) });
    }),
  );
}

/** Blocks the cells whose binaries this host cannot execute: another architecture, a newer libc, a kernel that they do not know or that has not what they need. */
async function runnableCells(stage: Stage, work: HostWork, setting: HostSetting, group: EngineGroup): Promise<PlannedCell[]> {
  const { host, prefixes } = setting;
  const runnable: PlannedCell[] = [];
  for (const cell of group.cells) {
    const reasons = await Promise.all(
      componentsOf(cell).map(async (component) => {
        const prefix = prefixes.get(componentKey(component));
        if (prefix === undefined) return undefined;
        const programs = programsOf(component, prefix.artifact);
        return reasonNotOnHost(component, host.facts) ?? reasonNotRunnable(prefix.artifact, host.facts, programs);
      }),
    );
    const lacking = reasonMissing(host, featuresOf({ cell, scenarios: work.scenarios(cell, setting) }));
    const reason = [...reasons, lacking].find((each) => each !== undefined);
    if (reason === undefined) runnable.push(cell);
    else stage.block([cell], reason);
  }
  return runnable;
}
