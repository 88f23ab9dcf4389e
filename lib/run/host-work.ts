import type { acquireHost } from '../hosts/registry.ts';
import type { KeptHost } from '../hosts/shared/kept.ts';
import type { PlannedCell } from '../model/cell.ts';
import type { EngineGroup } from '../plan/leases.ts';
import type { ProbeImages } from '../probe/image/images.ts';
import type { Scenario } from '../suite/scenario.ts';
import type { Resolved } from './artifacts.ts';
import type { HostSetting } from './engine-lease.ts';

/** What is brought to hosts, and done there. */
export interface HostWork {
  resolved: ReadonlyMap<string, Resolved>;
  images: ProbeImages;
  /** What is to be launched in a cell, as its host must be fit for it: without `setting` that is not up yet. */
  scenarios: (cell: PlannedCell, setting?: HostSetting) => readonly Scenario[];
  /** What is done with the cells of one engine on a host that is up. */
  engine: (setting: HostSetting, group: EngineGroup) => Promise<void>;
  /** What is done when the work on a host is: it stays up meanwhile, with its last engine. */
  keep?: ((kept: KeptHost) => Promise<void>) | undefined;
  /** How hosts are acquired; tests replace it. */
  acquire?: typeof acquireHost | undefined;
}
