import type { PlannedCell } from '../model/cell.ts';
import type { Remote } from '../hosts/host.ts';
import { hasFeature } from '../model/feature.ts';
import { type ConfigReading, type EngineOptions } from '../suite/scenario.ts';
import { handlerVariants, type HandlerVariantName } from '../suite/handler.ts';

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
  /** gVisor: its containerd shim on the host. */
  runscShim?: string;
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
  /** Whether the host has the kernel of a machine that runs other things too, as a container has. */
  sharesKernel?: boolean;
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
  /** Every key that was written and that the engine can tell, flat; those of the CRI's own table are relative to it. */
  planned: Record<string, Scalar>;
  /** Where a container's runtime keeps its state; `{id}` is the container. */
  runtimeState: string;
  /** Where the engine does not tell which runtime a handler has: the file in which the shim of `{id}` keeps it. */
  runtimeFile?: string | undefined;
  /** Argument by which the shims of this instance are found, and nothing else's. */
  shimMark: string;
  /** Bridge of the pod network, to be there before the engine starts and to go with it. */
  bridge?: string | undefined;
  /** Directory of the thin pool that is there before the engine starts and goes with it: see lib/hosts/shared/thin-pool.sh. */
  thinPool?: string | undefined;
  /** AppArmor profile that the engine loads into the kernel, to go with it. */
  profile?: string | undefined;
}

/** What an engine tells of its configuration. */
export interface ConfigAnswer {
  /** Of the CRI's verbose Status. */
  info: Record<string, string>;
  /** What `dump` printed; empty without it. */
  dump: string;
}

/** What it takes to read back a configuration file of somebody else's on the host. */
export interface ReadingPlan {
  /** Path on the host → content. */
  files: Record<string, string>;
  /** Prints what the files come to, or refuses them with another exit code than 0. */
  print: string[];
  /** A daemon with the same files, where the engine takes every directory of its own from the command line. */
  daemon?: { argv: string[]; socket: string; log: string };
}

/** How one engine family is asked what it makes of a file. */
export interface ConfigReader {
  plan(binary: string, directory: string, reading: ConfigReading): ReadingPlan;
  /** Flat keys of what was printed, relative to the CRI's table. */
  printed: (text: string) => Record<string, Scalar>;
  /** The keys that a file means to set, spelled alike, whichever table they are in. */
  wanted: (text: string) => Record<string, Scalar>;
}

/** One engine family: a configuration writer and a reader of what became effective. */
export interface EngineDriver {
  configure(spec: EngineSpec): EngineConfig;
  /** Why this version cannot have a handler beside the others, or undefined. */
  reasonNot?(spec: EngineSpec, handler: Handler): string | undefined;
  /** Where the engine's socket tells its configuration, which then is `info.config` instead of what the verbose Status has. */
  configPath?: string;
  /** Prints what a configuration file comes to, for keys that the running engine says nothing of. */
  dump?(binary: string, file: string): string[];
  /** Turns these into flat keys, in the spelling of `planned` where they are known. */
  effective(answer: ConfigAnswer, planned: EngineConfig['planned']): Record<string, Scalar>;
  /** A line of the log by which the engine says that it ignores a key, which is its first group; engines without it keep silent. */
  ignoredKey?: RegExp;
  /** Path of the runtime that the effective configuration names for a handler; the planned one where the engine cannot tell. */
  runtimePath(effective: Record<string, Scalar>, handler: Handler, spec: EngineSpec): string;
  /** Reads back a configuration file of somebody else's. */
  reader: ConfigReader;
  /** What the log says of a handler that the engine left out of its configuration; engines without it refuse to start instead. */
  reasonDropped?(log: string, handler: Handler): string | undefined;
}

/** What a handler runs. */
export interface RuntimeInUse {
  path: string;
  sha256: string;
  /** Kata: the configuration file that the handler names to the shim, and the checksum of what was written there. */
  configuration?: { path: string; sha256: string };
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
  /** Keys that the engine says it ignores. */
  ignored: string[];
  /** Handler name → why the engine left it out. */
  dropped: Record<string, string>;
  /** Handler name → what the effective configuration runs for it. */
  runtimes: Record<string, RuntimeInUse>;
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

/** What runs a pod that names no handler: of its variant, that of the first cell. */
export function defaultHandler({ handlers, options }: EngineSpec): Handler | undefined {
  return handlers.find(({ variant }) => variant === options.defaultHandler) ?? handlers[0];
}

/** The handlers that this engine version can have: without the key for it, `all-allowed` would be another `withheld`. */
export function configurable(spec: EngineSpec): Handler[] {
  return spec.handlers.filter(
    ({ variant }) => handlerVariants[variant].hostDevices !== 'all-allowed' || hasFeature(spec, 'all-devices-allowed'),
  );
}

/**
 * Both engines start a shim with `-debug` only when they log so themselves, and the Go shim says which configuration it
 * loaded only then (kata-containers 4.1.0 src/runtime/pkg/containerd-shim-v2/service.go New).
 */
export function logLevel({ handlers }: EngineSpec): 'debug' | 'info' {
  return handlers.some(({ kata }) => kata !== undefined) ? 'debug' : 'info';
}
