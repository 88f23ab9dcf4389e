import { engines as engineFacts, snapshotters } from '../engines/facts.ts';
import { hostKindFacts, type HostSpec } from '../hosts/facts.ts';
import { imageVariants, type ImageVariant } from '../hosts/image/facts.ts';
import { measureDirectory } from '../hosts/shared/attachment.ts';
import { leastNeeds, type HostNeeds, type KernelFeature } from '../hosts/needs.ts';
import { vmmFacts } from '../runtimes/kata/facts.ts';
import { componentKey, componentsOf, type PlannedCell } from '../model/cell.ts';
import type { HostGroup } from '../plan/leases.ts';
import { hasGuest, runtimeFacts } from '../runtimes/facts.ts';
import { optionsOf, type Scenario } from '../suite/scenario.ts';
import type { Resolved } from './artifacts.ts';
import type { HostWork } from './host-work.ts';

/** A cell with what is to be launched in it. */
export interface CellWork {
  cell: PlannedCell;
  scenarios: readonly Scenario[];
}

/** QEMU or gVisor, and the helpers beside it. */
const vmmMiB = 128;

/** What the kernel of the host must have for this cell, besides what every cell needs. */
export function featuresOf({ cell: { runtime }, scenarios }: CellWork): KernelFeature[] {
  // Other pods are in the network of their host.
  const network =
    hasGuest(runtime) ||
    scenarios.some((scenario) => 'manifest' in scenario || ('pod' in scenario && scenario.pod.userNamespace === true));
  const roots = scenarios.flatMap((scenario) => snapshotters[optionsOf(scenario, { runtime }).snapshotter]);
  return [
    ...new Set(roots),
    ...(network ? (['bridge', 'veth'] as const) : []),
    ...(runtimeFacts(runtime.name).guest?.modules ?? []),
    ...(runtime.vmm === undefined ? [] : vmmFacts(runtime.vmm).modules),
  ];
}

/** Pure: what these cells need of the host that they share. `sentMiB` is the size of what is copied to it. */
export function needsOf(work: readonly CellWork[], sentMiB: number): HostNeeds {
  const memory = Math.max(0, ...work.map(guestsMiB));
  return {
    memoryMiB: leastNeeds.memoryMiB + memory,
    stateMiB: leastNeeds.stateMiB + sentMiB,
    features: [...new Set(work.flatMap(featuresOf))],
  };
}

/** Memory of the guests of one scenario; that more of them run at once is a matter of speed. */
function guestsMiB({ cell: { runtime }, scenarios }: CellWork): number {
  const { guest } = runtimeFacts(runtime.name);
  if (guest === undefined) return 0;
  const guests = scenarios.some((scenario) => 'pod' in scenario && scenario.twin === true) ? 2 : 1;
  return guests * (vmmMiB + guest.memoryMiB);
}

/** What a host must be fit for, to try these cells on it. */
export async function hostNeeds(
  { resolved, scenarios }: Pick<HostWork, 'resolved' | 'scenarios'>,
  spec: HostSpec,
  cells: readonly PlannedCell[],
): Promise<HostNeeds> {
  const sent = hostKindFacts(spec).copiesArtifacts ? await sentMiB(resolved, cells) : 0;
  return needsOf(
    cells.map((cell) => ({ cell, scenarios: scenarios(cell) })),
    sent,
  );
}

async function sentMiB(resolved: ReadonlyMap<string, Resolved>, cells: readonly PlannedCell[]): Promise<number> {
  const keys = new Set(cells.flatMap(componentsOf).map(componentKey));
  let bytes = 0;
  for (const key of keys) {
    const each = resolved.get(key);
    if (each !== undefined && 'artifact' in each) bytes += (await measureDirectory(each.artifact.directory)).bytes;
  }
  return Math.ceil(bytes / 1024 ** 2);
}

/** What the image of a host that we build must hold for these cells. */
export function imageVariant({ engines }: HostGroup): ImageVariant {
  const needed = engines.flatMap(({ engine, cells }) => [
    engineFacts[engine.name].hostImage,
    ...cells.map(({ runtime }) => runtimeFacts(runtime.name).hostImage ?? 'plain'),
  ]);
  return imageVariants.findLast((variant) => needed.includes(variant)) ?? 'plain';
}
