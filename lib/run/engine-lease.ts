import { dirname, join } from 'node:path';
import { debianCniPlugins } from '../engines/cni.ts';
import { runtimeDrivers } from '../runtimes/registry.ts';
import { componentKey, type Component, type PlannedCell } from '../model/cell.ts';
import type { Engine, EngineSpec, Handler } from '../engines/engine.ts';
import { handlerName } from '../engines/engine.ts';
import { failure, startEngine, type StartOptions } from '../engines/start.ts';
import type { Host } from '../hosts/host.ts';
import { criClient } from '../cri/client.ts';
import type { EngineGroup } from '../plan/leases.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import { instanceOf, type Prefix } from './engine-instance.ts';
import type { EnginePlace } from './engine-place.ts';
import type { Stage } from './stage.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { HostFacts } from '../model/host-facts.ts';
import { optionsKey, type EngineOptions } from '../suite/scenario.ts';
import { handlerVariants, variantsOf, type HandlerVariant, type HandlerVariantName } from '../suite/handler.ts';

/** What the engines of one host share. */
export interface HostSetting {
  host: Host;
  /** For whoever starts an engine there. */
  engines: EnginePlace;
  fixtures: Fixtures;
  /** Port of our registry on the host's loopback. */
  registryPort: number;
  images: { pause: string; root: string; user777: string; own?: readonly string[] };
  /** By component key. */
  prefixes: Map<string, Prefix>;
}

/** What of it the specification of an engine is made of. */
export interface SpecSetting extends Pick<HostSetting, 'registryPort' | 'images' | 'prefixes'> {
  host: { facts: Pick<HostFacts, 'ownKernel' | 'accelerator'> };
  fixtures: Pick<Fixtures, 'cdiDirectory'>;
}

/** The specification of a private engine with every handler that the cells need. */
export async function engineSpec(setting: SpecSetting, group: EngineGroup, options: EngineOptions): Promise<EngineSpec> {
  const { name, version } = group.engine;
  const directory = `/var/lib/podproof/${name}-${version}`;
  const handlers = await Promise.all(
    group.cells.flatMap((cell) => variantsOf(cell.runtime.name).map((variant) => handlerOf(setting, directory, cell, variant))),
  );
  return {
    name,
    version,
    binaries: executables(setting, group.engine),
    directory,
    options,
    handlers,
    registry: `localhost:${setting.registryPort}`,
    pauseImage: setting.images.pause,
    cdiDirectory: setting.fixtures.cdiDirectory,
    cniPlugins: cniDirectory(setting, group),
    sharesKernel: !setting.host.facts.ownKernel,
  };
}

/** Where the CNI plugins are on the host: those of the plan, or else the host's own. */
function cniDirectory({ prefixes }: SpecSetting, { cells: [cell] }: EngineGroup): string {
  if (cell?.cni === undefined) return debianCniPlugins;
  const prefix = prefixes.get(componentKey(cell.cni));
  const [program] = Object.values(prefix?.artifact.binaries ?? {});
  // The host's own in their place would be another version than planned.
  if (prefix === undefined || program === undefined)
    throw new Error(`Cannot configure ${cell.id}: its CNI plugins ${cell.cni.version} are not on the host`);
  return join(prefix.path, dirname(program));
}

async function handlerOf(
  setting: SpecSetting,
  directory: string,
  cell: PlannedCell,
  variant: HandlerVariantName,
): Promise<Handler> {
  const { runtime } = cell;
  const name = handlerName(runtime, variant);
  const head = { name, cell: cell.id, variant, runtime };
  const prefix = setting.prefixes.get(componentKey(runtime));
  if (prefix === undefined) return { ...head, path: '' };
  const { kata: settings = {} }: HandlerVariant = handlerVariants[variant];
  const installed = { artifact: prefix.artifact, onHost: prefix.path };
  const request = { name, runtime, directory, settings, emulated: setting.host.facts.accelerator === 'tcg' };
  return { ...head, ...(await runtimeDrivers[runtime.name].handler(installed, request)) };
}

/** The programs of a component by name, with their paths on the host; none where it is not there. */
export function executables({ prefixes }: Pick<SpecSetting, 'prefixes'>, component: Component): Record<string, string> {
  const prefix = prefixes.get(componentKey(component));
  if (prefix === undefined) return {};
  return Object.fromEntries(Object.entries(prefix.artifact.binaries).map(([name, path]) => [name, `${prefix.path}/${path}`]));
}

/** Starts the engine, makes the probe images present in it, and returns it with the facts of its lease. */
export async function leaseEngine(
  setting: HostSetting,
  group: EngineGroup,
  options: EngineOptions,
  context: StartOptions & { now: () => number },
): Promise<{ engine: Engine; record: LeaseRecord }> {
  const startMs = context.now();
  const spec = await engineSpec(setting, group, options);
  let pulled: Promise<void> | undefined;
  const engine = await startEngine(setting.host, spec, {
    ...context,
    onAnswer(socket, api) {
      pulled = pullImages(setting, { socket, api }, context.signal);
      // An engine that is given up meanwhile says why by itself.
      pulled.catch(() => undefined);
    },
  });
  try {
    await pulled;
  } catch (error) {
    throw await failure(setting.host, `give the probe images to ${spec.name} ${spec.version}`, error, {
      log: engine.config.log,
      stop: () => engine[Symbol.asyncDispose](),
      signal: context.signal,
    });
  }
  const record: LeaseRecord = {
    schema: 1,
    lease: leaseId(setting.host.id, group, options),
    host: setting.host.id,
    cells: group.cells.map((cell) => cell.id),
    engine: {
      name: spec.name,
      reportedName: engine.reported.name,
      reportedVersion: engine.reported.version,
      sha256: engine.sha256,
      options: { ...options },
      planned: engine.planned,
      effective: engine.effective,
      ignored: engine.ignored,
      api: engine.api,
      configFile: Object.values(engine.config.files)[0] ?? '',
      instance: await instanceOf(engine, Object.values(setting.images).flat(), [...setting.prefixes.values()]),
    },
    startMs,
    readyMs: context.now(),
  };
  return { engine, record };
}

/** Makes the probe images present in an engine. */
async function pullImages(
  { host, images: { root, user777, own = [] } }: Pick<HostSetting, 'host' | 'images'>,
  { socket, api }: { socket: string; api: Engine['api'] },
  signal: AbortSignal,
): Promise<void> {
  await using client = criClient({ dial: () => host.dial(socket), api });
  await Promise.all([root, user777, ...own].map((image) => client.images.pullImage({ image: { image } }, { signal })));
}

/** Engines that are alike differ in the cell that they are there for: each has a kubelet of its own in front. */
function leaseId(host: string, { engine, cells: [first] }: EngineGroup, options: EngineOptions): string {
  const cell = first?.kubelet === undefined ? '' : `/${first.id.slice(first.id.lastIndexOf('/') + 1)}`;
  return `${host}/${engine.name}-${engine.version}${cell}/${optionsKey(options)}`;
}

/** An engine that a stage is to have, and how its lines and spans call it. */
interface Wanted {
  group: EngineGroup;
  options: EngineOptions;
  title: string;
  tamper?: StartOptions['tamper'];
}

/** The same on a stage, in the place of the engine before: its start and its end are accounted for. */
export async function startOn(
  { timeline, signal }: Stage,
  setting: HostSetting,
  { group, options, title, tamper }: Wanted,
): Promise<{ engine: Engine; record: LeaseRecord }> {
  return setting.engines.next(async () => {
    const started = await timeline.span('engine', title, () =>
      leaseEngine(setting, group, options, { signal, now: () => timeline.now(), tamper }),
    );
    return { ...started, ...timeline.releasing(title, started.engine) };
  });
}

/** The same, and the lease is recorded. */
export async function leaseOn(stage: Stage, setting: HostSetting, wanted: Wanted): ReturnType<typeof startOn> {
  const { engine, record } = await startOn(stage, setting, wanted);
  stage.folder.append({ event: 'lease', record });
  stage.progress.line('engine', `${wanted.title}: ready in ${((record.readyMs - record.startMs) / 1000).toFixed(1)} s`);
  return { engine, record };
}
