import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Artifact } from '../artifact/artifact.ts';
import { discoverKataPrefix } from '../artifact/kata-prefix.ts';
import { debianCniPlugins } from '../engine/cni.ts';
import { kataConfiguration } from '../engine/kata.ts';
import { componentKey, type Component, type PlannedCell } from '../plan/cell.ts';
import { BlockedError } from '../util/errors.ts';
import type { Engine, EngineConfig, EngineSpec, Handler } from '../engine/engine.ts';
import { handlerName } from '../engine/engine.ts';
import { startEngine } from '../engine/start.ts';
import type { Host } from '../host/host.ts';
import { criClient } from '../cri/client.ts';
import { binaryOf } from '../judge/assemble.ts';
import type { EngineGroup } from '../plan/leases.ts';
import type { LeaseRecord } from '../record/observation.ts';
import type { Fixtures } from '../record/fixtures.ts';
import {
  handlerVariants,
  optionsKey,
  variantsOf,
  type EngineOptions,
  type HandlerVariant,
  type HandlerVariantName,
} from '../suite/scenario.ts';

/** What the engines of one host share. */
export interface HostSetting {
  host: Host;
  fixtures: Fixtures;
  /** Port of our registry on the host's loopback. */
  registryPort: number;
  images: { pause: string; root: string; user777: string };
  /** Component key → its prefix on the host. */
  prefixes: Map<string, { artifact: Artifact; path: string }>;
}

/** The specification of a private engine with every handler that the cells need. */
export async function engineSpec(setting: HostSetting, group: EngineGroup, options: EngineOptions): Promise<EngineSpec> {
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
    cniPlugins: debianCniPlugins,
  };
}

async function handlerOf(
  setting: HostSetting,
  directory: string,
  cell: PlannedCell,
  variant: HandlerVariantName,
): Promise<Handler> {
  const { runtime } = cell;
  const name = handlerName(runtime, variant);
  const head = { name, cell: cell.id, variant, runtime };
  const had = setting.prefixes.get(componentKey(runtime));
  if (runtime.name !== 'kata' || had === undefined)
    return { ...head, path: executables(setting, runtime)[binaryOf(runtime)] ?? '' };
  const { artifact, path } = had;
  const prefix = await discoverKataPrefix(artifact.directory);
  const onHost = join(path, relative(artifact.directory, prefix.directory));
  const shim = runtime.shim ?? 'go';
  const vmm = shim === 'go' ? (runtime.vmm ?? 'qemu') : `${runtime.vmm ?? 'qemu'}-runtime-rs`;
  const template = prefix.configurations[shim][vmm];
  const binary = prefix.shims[shim];
  if (template === undefined || binary === undefined) {
    throw new BlockedError(
      `Kata ${runtime.version} in ${artifact.directory} has no ${shim} shim with a configuration-${vmm}.toml`,
      {
        remedy: 'take the release archive that has both',
      },
    );
  }
  const settings: HandlerVariant = handlerVariants[variant];
  const text = await readFile(join(prefix.directory, template), 'utf8');
  return {
    ...head,
    path: join(onHost, binary),
    kata: {
      configPath: `${directory}/kata/${name}.toml`,
      configuration: kataConfiguration(text, onHost, shim, settings.kata ?? {}),
    },
  };
}

function executables(setting: HostSetting, component: Component): Record<string, string> {
  const had = setting.prefixes.get(componentKey(component));
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
  const spec = await engineSpec(setting, group, options);
  const engine = await startEngine(setting.host, spec, {
    signal: context.signal,
    ...(context.tamper === undefined ? {} : { tamper: context.tamper }),
  });
  try {
    await using client = criClient({ dial: () => setting.host.dial(engine.config.socket), api: engine.api });
    for (const image of [setting.images.root, setting.images.user777])
      await client.images.pullImage({ image: { image } }, { signal: context.signal });
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
