import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { CellFacts } from './requirement.ts';

/** Everything that a question may be answered from. */
export interface Evidence {
  cell: CellFacts;
  observation: Observation;
  lease: LeaseRecord;
  /** The same scenario on the same host and engine under the runtime that others are contrasted with, where this run has it. */
  contrast?: Observation | undefined;
}
