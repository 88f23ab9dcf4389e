import type { CgroupDriver } from '../model/cgroup-driver.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { Snapshotter } from '../engines/facts.ts';
import type { HostFacts } from '../model/host-facts.ts';
import { vmmFacts, type Vmm } from '../runtimes/kata/facts.ts';
import type { HandlerVariantName } from './handler.ts';
import type { Requirement } from './requirement.ts';

/** Engine-wide switches; each distinct combination is an engine lease of its own. */
export interface EngineOptions {
  /** `device_ownership_from_security_context`. */
  deviceOwnership: boolean;
  /** CDI on, with our specification directory. */
  cdi: boolean;
  /** What makes the root of a container: a directory of the host, or a block device. */
  snapshotter: Snapshotter;
  /** Who makes the control groups of pods: `systemd`, as kubeadm, k3s and OpenShift have it, or the runtime itself. */
  cgroupDriver: CgroupDriver;
  /** Confines containers by AppArmor, as every engine does by itself on a host that has it. */
  appArmor: boolean;
  /** What runs a pod that names no handler, as those of a kubelet without an API server. */
  defaultHandler: HandlerVariantName;
}

export const defaultOptions: EngineOptions = {
  deviceOwnership: true,
  cdi: true,
  snapshotter: 'overlayfs',
  cgroupDriver: 'systemd',
  appArmor: false,
  defaultHandler: 'plain',
};

/** A fixture that is one node, directory or mount of the host. */
export type FixtureName = keyof Fixtures;

export interface ScenarioDevice {
  fixture: FixtureName;
  /** Path in the container; without it the host's own path. */
  at?: string;
  /** Device cgroup permissions; default rwm. */
  permissions?: string;
  /** Asked for only of cells that meet this, as others would refuse the whole pod. */
  needs?: Requirement;
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
  /** Without it nobody names a profile of AppArmor. */
  appArmor?: 'RuntimeDefault' | 'Unconfined';
  /** Annotations of the sandbox, as a pod's metadata carries them. */
  annotations?: Record<string, string>;
}

/**
 * What the probe tries besides looking: `{fixture}` and `at` as in the pod's devices, or a literal path; of `disks` a directory
 * in which it may make nodes.
 */
export interface ProbeAttempt {
  what: 'read' | 'write' | 'mknod' | 'canary' | 'writable' | 'disks';
  path: string | { fixture: FixtureName };
  /** mknod only: the node made is of the type and numbers of this fixture. */
  like?: FixtureName;
}

/** A configuration file as somebody printed it: what an engine makes of it is read back, and no pod is launched. */
export interface ConfigReading {
  text: string;
  /** It is a drop-in of a main file with this text; without it, it is the only file. containerd. */
  beside?: string;
  /** Asked of a daemon that runs with it, and not only of the command that prints what it comes to. containerd. */
  running?: boolean;
}

/** What facts are collected of: a pod, a configuration file, or a pod that a kubelet makes. */
export type Scenario = PodScenario | ConfigScenario | ManifestScenario;

interface AnyScenario {
  id: string;
  /** A noun phrase: "unprivileged pod". */
  title: string;
  options?: Partial<EngineOptions>;
  needs?: Requirement[];
}

export interface ConfigScenario extends AnyScenario {
  reads: ConfigReading;
}

/** A node that a device of a plugin consists of. */
export interface PluginNode {
  /** On the host, which may have such a node; otherwise it is made for the run. */
  hostPath: string;
  /** In the container. */
  at: string;
  /** `MAJOR:MINOR` of a character device. */
  numbers: string;
  /** Four octal digits: then it is root's and has this mode. Without it a node that is there keeps what it has. */
  mode?: string;
}

/** What a device plugin of podproof's own offers a kubelet. */
export interface PluginOffer {
  /** `qat.intel.com/generic`. */
  resource: string;
  /** It says of its devices that they are not fit for use. */
  unhealthy?: true;
  devices: ReadonlyArray<{ id: string; nodes: readonly PluginNode[] }>;
}

/** The manifest of a pod, which a kubelet reads and makes. */
export interface ManifestScenario extends AnyScenario {
  /**
   * YAML; `{char}` and `{block}` stand for the paths of these fixtures. The probe takes the place of what its containers run; the
   * first of them is looked into.
   */
  manifest: string;
  /** Default: `plain`; of Kata `in-slice`, without which a kubelet may end its pods. */
  handler?: HandlerVariantName;
  /** Registered with the kubelet before it reads the manifest. */
  plugins?: readonly PluginOffer[];
  attempts?: Array<{ what: 'read' | 'write' | 'writable'; path: string }>;
}

/** One pod to launch, or to fail to launch, and the facts to collect. */
export interface PodScenario extends AnyScenario {
  handler?: HandlerVariantName;
  pod: ScenarioPod;
  attempts?: ProbeAttempt[];
  /**
   * What is changed on the host before the pod and restored after it. No other pod runs beside it, except that with `meanwhile` the
   * same scenario of other cells does.
   */
  hostState?: {
    kvm?: HostNodeState;
    /** /dev/null. */
    null?: HostNodeState;
    blockPlain?: HostNodeState;
    /** The spare PCI function is with the host's own driver, not with vfio-pci. */
    spareFunction?: 'released';
    /** /dev/char has no link to the fixture `char`: nodes that no driver registers, like NVIDIA's, never have one. */
    charLink?: 'removed';
  };
  /** What the host does while the pod runs, before anybody looks at it. */
  meanwhile?: 'daemon-reload';
  /** A second pod like it runs at the same time. */
  twin?: boolean;
  /** The VMM is killed with SIGKILL before the pod is removed. */
  killVmm?: boolean;
  /** Sweep the host again after the pod was removed. */
  afterRemoval?: boolean;
}

/** Owner and mode of a node of the host: `{ owner: 'root:root', mode: '0600' }`. */
export interface HostNodeState {
  owner: string;
  mode: string;
}

/** Where a scenario runs, as far as its switches depend on it. */
interface Where {
  runtime?: { vmm?: Vmm | undefined };
  facts?: Pick<HostFacts, 'systemd'> | undefined;
}

/**
 * The full switches of a scenario: a VMM that shares no directory takes a block device for a root, and on a host without systemd
 * there is nobody who could make slices.
 */
export function optionsOf(scenario: Scenario, { runtime, facts }: Where = {}): EngineOptions {
  const { vmm } = runtime ?? {};
  return {
    ...defaultOptions,
    ...(vmm !== undefined && vmmFacts(vmm).takes === 'block' ? { snapshotter: 'devmapper' } : {}),
    ...('manifest' in scenario ? { defaultHandler: scenario.handler ?? (vmm === undefined ? 'plain' : 'in-slice') } : {}),
    ...scenario.options,
    ...(facts?.systemd === false ? { cgroupDriver: 'cgroupfs' } : {}),
  };
}

/** A readable key of a combination of switches: `ownership,cdi,systemd`, `ownership,cdi,devmapper` or `none`. */
export function optionsKey(options: EngineOptions): string {
  const { deviceOwnership, cdi, snapshotter, cgroupDriver, appArmor, defaultHandler } = options;
  const on = [
    ...(deviceOwnership ? ['ownership'] : []),
    ...(cdi ? ['cdi'] : []),
    ...(snapshotter === defaultOptions.snapshotter ? [] : [snapshotter]),
    ...(cgroupDriver === 'systemd' ? ['systemd'] : []),
    ...(appArmor ? ['apparmor'] : []),
    ...(defaultHandler === defaultOptions.defaultHandler ? [] : [defaultHandler]),
  ];
  return on.join(',') || 'none';
}
