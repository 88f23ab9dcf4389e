import type { Fixtures } from '../record/fixtures.ts';
import type { Requirement } from './requirement.ts';

/** Engine-wide switches; each distinct combination is an engine lease of its own. */
export interface EngineOptions {
  /** `device_ownership_from_security_context`. */
  deviceOwnership: boolean;
  /** CDI on, with our specification directory. */
  cdi: boolean;
}

export const defaultOptions: EngineOptions = { deviceOwnership: true, cdi: true };

/**
 * Which handler of the runtime the pod asks for: host devices passed to privileged pods (`plain`), withheld,
 * or withheld with every device allowed in the cgroup.
 */
export const handlerVariants = ['plain', 'withheld', 'all-allowed'] as const;
export type HandlerVariant = (typeof handlerVariants)[number];

/** A fixture that is one node, directory or mount of the host. */
export type FixtureName = keyof Fixtures;

export interface ScenarioDevice {
  fixture: FixtureName;
  /** Path in the container; without it the host's own path. */
  at?: string;
  /** Device cgroup permissions; default rwm. */
  permissions?: string;
}

/** The pod of a scenario, in the words of the CRI. */
export interface ScenarioPod {
  privileged?: boolean;
  /** Default: as `privileged`. */
  sandboxPrivileged?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  supplementalGroups?: number[];
  /** USER in the image. */
  imageUser?: 777;
  devices?: ScenarioDevice[];
  cdiDevices?: string[];
  capabilities?: string[];
  /** Mounts fixture `hugepages` at /dev/hugepages. */
  hugepages?: boolean;
  userNamespace?: boolean;
}

/** What the probe tries besides looking: `{fixture}` and `at` as in the pod's devices, or a literal path. */
export interface ProbeAttempt {
  what: 'read' | 'write' | 'mknod' | 'canary' | 'writable';
  path: string | { fixture: FixtureName };
  /** mknod only: the node made is of the type and numbers of this fixture. */
  like?: FixtureName;
}

/** One pod to launch, or to fail to launch, and the facts to collect. */
export interface Scenario {
  id: string;
  /** A noun phrase: "unprivileged pod". */
  title: string;
  options?: Partial<EngineOptions>;
  handler?: HandlerVariant;
  needs?: Requirement[];
  pod: ScenarioPod;
  attempts?: ProbeAttempt[];
  /** Sweep the host again after the pod was removed. */
  afterRemoval?: boolean;
}

/** The full switches of a scenario. */
export function optionsOf(scenario: Scenario): EngineOptions {
  return { ...defaultOptions, ...scenario.options };
}

/** A readable key of a combination of switches: `ownership,cdi` or `none`. */
export function optionsKey(options: EngineOptions): string {
  const on = [options.deviceOwnership ? 'ownership' : '', options.cdi ? 'cdi' : ''].filter((word) => word !== '');
  return on.length === 0 ? 'none' : on.join(',');
}
