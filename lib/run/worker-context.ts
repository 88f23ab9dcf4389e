import type { RuntimeInUse } from '../engines/engine.ts';
import type { Connection } from '../hosts/host.ts';
import type { PlannedIdentity } from '../judge/canary.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { HandlerVariantName } from '../suite/scenario.ts';

/** One cell as a worker tests it. */
export interface WorkerCell {
  facts: CellFacts;
  planned: PlannedIdentity;
  /** Variant → handler name. */
  handlers: Partial<Record<HandlerVariantName, string>>;
}

/** All that the test worker of one engine lease needs; structured-cloneable, so that it crosses into the worker. */
export interface WorkerContext {
  connection: Connection;
  socket: string;
  api: 'v1' | 'v1alpha2';
  lease: LeaseRecord;
  cells: WorkerCell[];
  /** Handler → the runtime binary that the effective configuration names. */
  runtimes: Record<string, RuntimeInUse>;
  /** Where a container's runtime keeps its state on the host; `{id}` is the container. */
  runtimeState: string;
  /** Where the engine does not tell which runtime a handler has: the file in which the shim of `{id}` keeps it. */
  runtimeFile?: string;
  engineLog: string;
  enginePid: number;
  /** The engine's own executable on the host. */
  engineBinary: string;
  images: { root: string; user777: string };
  runFolder: string;
  /** Monotonic milliseconds from which every record's times count. */
  clockOrigin: number;
  /** `suite/scenario/question` of every selected judgement. */
  selected: string[];
  /** `cell suite scenario` of what a resumed run has already observed. */
  done: string[];
  /** Pods that may run at once. */
  pods: number;
}

/** The type of the annotation by which a worker says that a pod has got its turn; any other says that it is gone. */
export const begun = 'begun';

declare module 'vitest' {
  interface ProvidedContext {
    /** The name under which the context is handed over. */
    podproof: string;
  }
  interface TaskMeta {
    podproof?: { cell: string; suite: string; scenario: string; question: string; verdict: string };
  }
}
