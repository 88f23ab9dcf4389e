import type { CallTiming } from '../model/cri-request.ts';
import type { Outcome } from '../model/outcome.ts';
import type { runtimeOf } from '../probe/runtime-state.ts';
import type { Place } from './place.ts';
import { trialSuiteId } from './suite.ts';
import type { Asked } from './way.ts';

/** What of a launch is recorded beside what was seen: who asked whom for what, and how it ended. */
export function observed(
  { cell, record, engine, now }: Place,
  asked: Asked,
  launch: {
    handler: string;
    scenario: string;
    startMs: number;
    outcome: Outcome;
    calls: readonly CallTiming[];
    runtime?: ReturnType<typeof runtimeOf>;
  },
) {
  const { handler, scenario, startMs, outcome, calls } = launch;
  const planned = engine.runtimes[handler];
  return {
    ...{ schema: 1, cell: cell.id, lease: record.lease, suite: trialSuiteId, scenario, startMs, endMs: now(), outcome },
    ...asked,
    identity: {
      engineName: record.engine.reportedName,
      engineVersion: record.engine.reportedVersion,
      ...(launch.runtime ?? { runtimePath: planned?.path ?? '', runtimeSha256: planned?.sha256 ?? '', stateOf: null }),
    },
    calls: [...calls],
  };
}
