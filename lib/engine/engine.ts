import type { PlannedCell } from '../plan/cell.ts';
import type { Remote } from '../host/host.ts';
import { hasFeature } from '../suite/requirement.ts';
import { handlerVariants, type EngineOptions, type HandlerVariantName } from '../suite/scenario.ts';

/** One CRI handler to configure: a runtime with one way of treating host devices. */
export interface Handler {
  /** Also the runtime class: a DNS label. */
  name: string;
  cell: string;
  variant: HandlerVariantName;
  runtime: PlannedCell['runtime'];
  /** The OCI runtime or shim, as an absolute path on the host. */
  path: string;
  /** Kata: this handler's own configuration file, its path on the host and its content. */
  kata?: { configPath: string; configuration: string };
}

/** All that a private engine instance is made of. Paths are those on the host. */
export interface EngineSpec {
  name: PlannedCell['engine']['name'];
  version: string;
  /** The attached artifact, and its executables by base name as absolute paths. */
  binaries: Record<string, string>;
  /** Private directory of this engine version; images outlive a change of options. */
  directory: string;
  options: EngineOptions;
  handlers: Handler[];
  /** `127.0.0.1:5055` on the host, plain HTTP. */
  registry: string;
  pauseImage: string;
  cdiDirectory: string;
  /** Directory of the CNI plugins on the host. */
  cniPlugins: string;
}

export type Scalar = string | number | boolean;

/** The files to write and what they are meant to do. Pure, so that a configuration can be read without a host. */
export interface EngineConfig {
  /** Path on the host → content. */
  files: Record<string, string>;
  argv: string[];
  env: Record<string, string>;
  socket: string;
  log: string;
  /** Keys that the plan relies on, flat, relative to the CRI table. */
  planned: Record<string, Scalar>;
  /** Where a container's runtime keeps its state; `{id}` is the container. */
  runtimeState: string;
  /** Argument by which the shims of this instance are found, and nothing else's. */
  shimMark: string;
  /** Bridge of the pod network, to be there before the engine starts and to go with it. */
  bridge?: string;
}

/** One engine family: a configuration writer and a reader of what became effective. */
export interface EngineDriver {
  configure(spec: EngineSpec): EngineConfig;
  /** Where the engine's socket tells its configuration, which then is `info.config` instead of what the verbose Status has. */
  configPath?: string;
  /** Turns the CRI's verbose Status into flat keys, in the spelling of `planned` where they are known. */
  effective(info: Record<string, string>, planned: EngineConfig['planned']): Record<string, Scalar>;
  /** Path of the runtime that the effective configuration names for a handler. */
  runtimePath(effective: Record<string, Scalar>, handler: Handler): string;
  /** What the log says of a handler that the engine left out of its configuration; engines without it refuse to start instead. */
  whyDropped?(log: string, handler: Handler): string | undefined;
}

/** A running private engine. */
export interface Engine extends AsyncDisposable {
  spec: EngineSpec;
  config: EngineConfig;
  pid: number;
  /** Version() of the CRI. */
  reported: { name: string; version: string };
  api: 'v1' | 'v1alpha2';
  sha256: string;
  /** What the plan relies on, before any tampering by a test. */
  planned: Record<string, Scalar>;
  effective: Record<string, Scalar>;
  /** Handler name → what the effective configuration runs for it. */
  runtimes: Record<string, { path: string; sha256: string }>;
  remote: Remote;
}

/** A handler's name: `runc-1-1-15-withheld`. RuntimeClass handlers are DNS labels, so dots become dashes. */
export function handlerName(runtime: PlannedCell['runtime'], variant: HandlerVariantName): string {
  const parts = [runtime.name, runtime.version, runtime.shim, runtime.vmm, variant === 'plain' ? undefined : variant];
  return parts
    .filter((part) => part !== undefined)
    .join('-')
    .replaceAll(/[^a-z0-9-]/g, '-');
}

/** The handlers that this engine version can have: without the key for it, `all-allowed` would be another `withheld`. */
export function configurable(spec: EngineSpec): Handler[] {
  return spec.handlers.filter(
    ({ variant }) => handlerVariants[variant].hostDevices !== 'all-allowed' || hasFeature(spec, 'all-devices-allowed'),
  );
}
