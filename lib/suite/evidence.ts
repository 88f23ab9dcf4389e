import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { CellFacts } from './requirement.ts';

/** Everything that a question may be answered from. */
export interface Evidence {
  cell: CellFacts;
  observation: Observation;
  lease: LeaseRecord;
  /** The same scenario under runc on the same host and engine, where this run has it. */
  native?: Observation | undefined;
}
