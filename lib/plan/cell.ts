import type { EngineName, EngineVersion, HostSpec, RuntimeName, RuntimeVersion } from '../matrix/model.ts';

/** host × engine version × runtime version. `id` is readable and stable: `debian-13/containerd-1.7.24/kata-3.30.0-go-qemu`. */
export interface PlannedCell {
  id: string;
  host: { id: string; spec: HostSpec };
  engine: { name: EngineName } & EngineVersion;
  runtime: { name: RuntimeName } & RuntimeVersion;
}

/** What a run sets out to do. `hash` guards a merge: shards of different plans are never mixed. */
export interface Plan {
  schema: 1;
  hash: string;
  profile: string;
  suites: string[];
  cells: PlannedCell[];
  excluded: Array<{ cell: string; why: string }>;
}
