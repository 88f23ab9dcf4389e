// Without it TypeScript adds to a module that it has not resolved, and drops what is added, depending on the order of files.
import type {} from 'vitest';
import type { Engine, EngineConfig } from '../engines/engine.ts';
import type { Connection } from '../hosts/host.ts';
import type { KubeletIdentity } from '../kubelet/work.ts';
import type { LeaseRecord } from '../model/lease-record.ts';
import type { Observation } from '../model/observation.ts';
import type { CellFacts } from '../suite/requirement.ts';
import type { HandlerVariantName } from '../suite/handler.ts';

/** One cell as a worker tests it. */
export interface WorkerCell {
  facts: CellFacts;
  /** Variant → handler name. */
  handlers: Partial<Record<HandlerVariantName, string>>;
}

/** What is to be observed: one scenario of one cell, by their ids. */
export type Task = Pick<Observation, 'cell' | 'suite' | 'scenario'>;

/** All that the test worker of one engine lease needs; structured-cloneable, so that it crosses into the worker. */
export interface WorkerContext {
  connection: Connection;
  /** Whether the machine ends with its lease, with all that is left there. */
  ownMachine: boolean;
  engine: EngineContext;
  lease: LeaseRecord;
  cells: WorkerCell[];
  /** What runs in front of the engine and asks it for pods. */
  kubelet?: KubeletContext;
  images: { root: string; user777: string };
  runFolder: string;
  /** Monotonic milliseconds from which every record's times count. */
  clockOrigin: number;
  /** What somebody asks of these cells under the options of this lease, and nobody has observed. */
  tasks: Task[];
  /** Pods that may run at once. */
  pods: number;
}

/** An engine that runs; paths are those on the host. */
export interface EngineContext
  extends Pick<Engine, 'api' | 'pid' | 'runtimes'>, Pick<EngineConfig, 'socket' | 'log' | 'runtimeState' | 'runtimeFile'> {
  /** Its own executable. */
  binary: string;
}

/** A kubelet that runs. */
export interface KubeletContext extends KubeletIdentity {
  /** Its directory on the host. */
  directory: string;
  /** File of this machine to which each of its requests is appended before the engine gets it. */
  requests: string;
}

/** The type of the annotation by which a worker says that a pod got its slot; any other says that it is gone. */
export const begun = 'begun';

declare module 'vitest' {
  interface ProvidedContext {
    /** The name under which the context is handed over. */
    podproof: string;
  }
  interface TaskMeta {
    /** What was observed and recorded; the one who runs the lease judges it. */
    podproof?: Observation;
  }
}
