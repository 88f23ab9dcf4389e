import type { Artifact } from '../artifacts/artifact.ts';
import type { Handler } from '../engines/engine.ts';
import type { EngineName } from '../engines/facts.ts';
import type { HostSpec } from '../hosts/facts.ts';
import type { KataSettings } from '../suite/handler.ts';

/** The artifact of a runtime, and where its directory is on the host. */
export interface Installed {
  artifact: Artifact;
  onHost: string;
}

/** What a handler needs of its runtime. */
export interface HandlerRequest {
  /** The handler's name. */
  name: string;
  runtime: Handler['runtime'];
  /** Private directory of the engine on the host, for configuration files. */
  directory: string;
  settings: KataSettings;
  /** The host is an emulated machine, which makes what boots in it slow. */
  emulated: boolean;
}

/** Where an artifact is to run: what is known of a cell before its host is up. */
export interface RuntimePlace {
  host: { spec: HostSpec };
  engine: { name: EngineName };
  runtime: Pick<Handler['runtime'], 'vmm'>;
}

/** How the artifact of a runtime becomes handlers of an engine. */
export interface RuntimeDriver {
  /** What a handler runs. Throws BlockedError where the artifact does not have it. */
  handler(installed: Installed, request: HandlerRequest): Promise<Pick<Handler, 'path' | 'kata' | 'runscShim'>>;
  /** The files on this machine by which the artifact is known again, by the name that the journal has for each. */
  programs(runtime: Handler['runtime'], artifact: Artifact): Promise<Record<string, string>>;
  /** Why a cell cannot run what is in the artifact, or undefined. */
  reasonNot?(cell: RuntimePlace, artifact: Pick<Artifact, 'version' | 'binaries'>): string | undefined;
}
