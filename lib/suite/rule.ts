import type { LeaseRecord, Observation } from '../model/observation.ts';
import type { CellFacts, Requirement } from './requirement.ts';

/** Everything that a rule may be judged on. */
export interface Evidence {
  cell: CellFacts;
  observation: Observation;
  lease: LeaseRecord;
  /** The same scenario under runc on the same host and engine, where this run has it. */
  native?: Observation | undefined;
}

/** One comparison. `about` names the device whose way through the layers explains a difference. */
export interface Finding {
  ok: boolean;
  expected: string;
  observed: string;
  /** All of `observed`, where that names only the first few: what a known issue has to describe. */
  whole?: string;
  about?: { path: string; field: 'uid' | 'gid' | 'mode' | 'type' | 'presence' };
}

/** Compares an observation with what is documented. Pure. */
export type Expectation = (evidence: Evidence) => Finding[];

/** One expectation on the observations of some scenarios. Ids are stable. */
export interface Rule {
  id: string;
  /** One sentence, true when the rule holds. */
  title: string;
  /** Where it is written: URL, or repository, version and file. */
  citation: string;
  /** Scenarios of the same suite; each gives a verdict of its own. */
  on: string[];
  needs?: Requirement[];
  expect: Expectation;
}
