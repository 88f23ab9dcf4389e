import type { EngineName } from '../engines/facts.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { HostFacts } from '../model/host-facts.ts';
import { hasFeature, whoHas, type FeatureName } from '../model/feature.ts';
import { rangeTest } from '../model/version.ts';
import type { RuntimeName } from '../runtimes/facts.ts';
import type { Shim, Vmm } from '../runtimes/kata/facts.ts';

/** What requirements and questions may know of a cell. Host facts and fixtures are absent until its host was up. */
export interface CellFacts {
  id: string;
  host: string;
  engine: { name: EngineName; version: string };
  runtime: { name: RuntimeName; version: string; shim?: Shim | undefined; vmm?: Vmm | undefined };
  /** What asks the engine for pods, where podproof does not. */
  kubelet?: { version: string } | undefined;
  facts?: HostFacts | undefined;
  fixtures?: Fixtures | undefined;
}

/** A condition on a cell. `text` completes "applies to …"; `unmet` says why this cell does not meet it, or undefined. */
export interface Requirement {
  text: string;
  unmet: (cell: CellFacts) => string | undefined;
  /** The row of an engine's facts that it asks for. */
  feature?: FeatureName;
}

/** An engine with an optional version range: `containerd`, `containerd >=1.6 <2.0`; several are alternatives. */
export function engine(...alternatives: string[]): Requirement {
  return component('engine', alternatives);
}

/** A runtime with an optional version range: `runc`, `kata >=4.1`; several are alternatives. */
export function runtime(...alternatives: string[]): Requirement {
  return component('runtime', alternatives);
}

/** A kubelet of these versions before the engine: `>=1.33`. */
export function kubelet(range: string): Requirement {
  const holds = rangeTest(range);
  const text = `kubelet ${range}`;
  return {
    text,
    unmet: (cell) =>
      cell.kubelet !== undefined && holds(cell.kubelet.version)
        ? undefined
        : `applies to ${text}, this is ${cell.kubelet === undefined ? 'none' : `kubelet ${cell.kubelet.version}`}`,
  };
}

/** Which of Kata's shims. */
export function shim(wanted: Shim): Requirement {
  return {
    text: `the ${wanted} shim`,
    unmet: ({ runtime }) =>
      runtime.shim === wanted ? undefined : `applies to the ${wanted} shim, this is ${runtime.shim ?? 'no shim of Kata'}`,
  };
}

/** One of these VMMs of Kata, by its name in matrix.json. */
export function vmm(...wanted: Vmm[]): Requirement {
  const text = `Kata with ${wanted.join(' or ')}`;
  return {
    text,
    unmet: ({ runtime }) =>
      runtime.vmm !== undefined && wanted.includes(runtime.vmm)
        ? undefined
        : `applies to ${text}, this is ${runtime.vmm ?? 'no VM runtime'}`,
  };
}

function component(kind: 'engine' | 'runtime', alternatives: string[]): Requirement {
  const text = alternatives.join(' or ');
  const tests = alternatives.map((alternative) => {
    const [wanted, ...range] = alternative.split(' ');
    return { wanted, holds: rangeTest(range.join(' ')) };
  });
  return {
    text,
    unmet: (cell) => {
      const { name, version } = cell[kind];
      const met = tests.some(({ wanted, holds }) => wanted === name && holds(version));
      return met ? undefined : `applies to ${text}, this is ${name} ${version}`;
    },
  };
}

/** A feature of an engine, such as `device-ownership`. */
export function feature(name: FeatureName): Requirement {
  const text = whoHas(name);
  return {
    text,
    feature: name,
    unmet: (cell) =>
      hasFeature(cell.engine, name) ? undefined : `${cell.engine.name} ${cell.engine.version} has no ${name}: ${text} has`,
  };
}

/** A version of an engine that has no such feature. */
export function lacks(name: FeatureName): Requirement {
  const wanted = feature(name);
  return {
    text: `engines without ${name}`,
    unmet: (cell) => (wanted.unmet(cell) === undefined ? `${cell.engine.name} ${cell.engine.version} has ${name}` : undefined),
  };
}

/** A host that systemd runs, whose cgroup driver can then be systemd. */
export const systemdHost: Requirement = {
  text: 'hosts that systemd runs',
  unmet: (cell) => (cell.facts === undefined || cell.facts.systemd === true ? undefined : 'systemd does not run the host'),
};

/** A host with a kernel, devices and disks of its own: a container shares the machine's. */
export const ownKernel: Requirement = {
  text: 'hosts with a kernel of their own',
  unmet: (cell) => (cell.facts === undefined || cell.facts.ownKernel ? undefined : 'shares the kernel'),
};

/** A host whose devices may be handed to a pod. */
export const disposableHost: Requirement = {
  text: 'hosts marked disposable',
  unmet: (cell) => (cell.facts === undefined || cell.facts.disposable ? undefined : "would reach this machine's disks"),
};

/** A host with a spare PCI function bound to vfio-pci. */
export const spareFunction: Requirement = {
  text: 'hosts with an IOMMU, vfio-pci and a spare PCI function',
  unmet: (cell) =>
    cell.fixtures === undefined || cell.fixtures.vfioGroup !== null
      ? undefined
      : 'the host has no spare PCI function in an IOMMU group that vfio-pci can take',
};

/** A host that can make images of EROFS. */
export const erofsUtils: Requirement = {
  text: 'hosts with mkfs.erofs',
  unmet: (cell) => (cell.facts?.erofsUtils === false ? 'the host has no mkfs.erofs' : undefined),
};

/** A runtime that hands on a node without asking what is behind it: Kata's shims look for the functions of a VFIO group. */
export const takesStandIns: Requirement = {
  text: 'runtimes to which a stand-in of a VFIO group is a device',
  unmet: ({ runtime: { name } }) =>
    name === 'kata' ? 'its VFIO groups are stand-ins, whose functions Kata looks for in /sys/kernel/iommu_groups' : undefined,
};

/** A host whose engines can confine containers by AppArmor. */
export const appArmorHost: Requirement = {
  text: 'hosts with AppArmor',
  unmet: (cell) =>
    cell.facts?.appArmor === false ? 'the host has no AppArmor, or no apparmor_parser to load profiles with' : undefined,
};

/** A host with huge pages. */
export const hugepages: Requirement = {
  text: 'hosts with huge pages',
  unmet: (cell) => (cell.fixtures === undefined || cell.fixtures.hugepages !== null ? undefined : 'the host has no huge pages'),
};
