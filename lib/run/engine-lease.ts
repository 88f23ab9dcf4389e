import type { Artifact } from '../artifact/artifact.ts';
import type { Engine, EngineConfig, EngineSpec, Handler } from '../engine/engine.ts';
import { handlerName } from '../engine/engine.ts';
import { startEngine } from '../engine/start.ts';
import type { Host } from '../host/host.ts';
import { criClient } from '../cri/client.ts';
import { binaryOf } from '../judge/assemble.ts';
import type { EngineGroup } from '../plan/leases.ts';
import type { LeaseRecord } from '../record/observation.ts';
import type { Fixtures } from '../record/fixtures.ts';
import { variantsOf, optionsKey, type EngineOptions } from '../suite/scenario.ts';

/** What the engines of one host share. */
export interface HostSetting {
  host: Host;
  fixtures: Fixtures;
  /** Port of our registry on the host's loopback. */
  registryPort: number;
  images: { pause: string; root: string; user777: string };
  /** Artifact key → its prefix on the host. */
  prefixes: Map<string, { artifact: Artifact; path: string }>;
}

/** The specification of a private engine with every handler that the cells need. */
export function engineSpec(setting: HostSetting, group: EngineGroup, options: EngineOptions): EngineSpec {
  const { name, version } = group.engine;
  const handlers = group.cells.flatMap((cell) =>
    variantsOf(cell.runtime.name).map(
      (variant): Handler => ({
        name: handlerName(cell.runtime, variant),
        cell: cell.id,
        variant,
        runtime: cell.runtime,
        path: executables(setting, cell.runtime)[binaryOf(cell.runtime)] ?? '',
      }),
    ),
  );
  return {
    name,
    version,
    binaries: executables(setting, group.engine),
    directory: `/var/lib/podproof/${name}-${version}`,
    options,
    handlers,
    registry: `localhost:${setting.registryPort}`,
    pauseImage: setting.images.pause,
    cdiDirectory: setting.fixtures.cdiDirectory,
  };
}

function executables(setting: HostSetting, component: { name: string; version: string }): Record<string, string> {
  const had = setting.prefixes.get(`${component.name} ${component.version}`);
  if (had === undefined) return {};
  return Object.fromEntries(Object.entries(had.artifact.binaries).map(([name, path]) => [name, `${had.path}/${path}`]));
}

/** Starts the engine, makes the probe images present in it, and returns it with the facts of its lease. */
export async function leaseEngine(
  setting: HostSetting,
  group: EngineGroup,
  options: EngineOptions,
  context: { signal: AbortSignal; now: () => number; tamper?: (config: EngineConfig) => EngineConfig },
): Promise<{ engine: Engine; record: LeaseRecord }> {
  const startMs = context.now();
  const spec = engineSpec(setting, group, options);
  const engine = await startEngine(setting.host, spec, {
    signal: context.signal,
    ...(context.tamper === undefined ? {} : { tamper: context.tamper }),
  });
  try {
    await using client = criClient({ dial: () => setting.host.dial(engine.config.socket), api: engine.api });
    for (const image of [setting.images.root, setting.images.user777]) await client.images.pullImage({ image: { image } }, { signal: context.signal });
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
  const record: LeaseRecord = {
    schema: 1,
    lease: `${setting.host.id}/${spec.name}-${spec.version}/${optionsKey(options)}`,
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
      configFile: Object.values(engine.config.files)[0] ?? '',
    },
    startMs,
    readyMs: context.now(),
  };
  return { engine, record };
}
