import type { KubeletNode } from '../cri/kubelet/node.ts';
import type { Engine } from '../engines/engine.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { HostSetting } from '../run/engine-lease.ts';
import type { Semaphore } from '../util/semaphore.ts';
import type { Ground } from './placement.ts';
import type { Disk } from './sight.ts';
import type { TrialKubelet } from './trial-kubelet.ts';

/** Where pods are launched: one cell of a leased engine. */
export interface Place extends Ground {
  setting: HostSetting;
  engine: Engine;
  record: LeaseRecord;
  node: KubeletNode;
  /** What makes the pods, where podproof does not ask the engine itself. */
  kubelet?: TrialKubelet | undefined;
  disks: readonly Disk[];
  /** How many pods may run at a time. */
  slots: Semaphore;
  now: () => number;
  signal: AbortSignal;
}
