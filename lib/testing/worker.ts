import { cell, fixtures, lease, planned } from './evidence.ts';
import { monotonicMs } from '../util/clock.ts';
import type { EngineContext, WorkerContext } from '../run/worker-context.ts';

/** What the worker of a lease with one runc cell gets; the host is this machine. */
export function workerContext(engine: Partial<EngineContext> = {}, change: Partial<WorkerContext> = {}): WorkerContext {
  return {
    ownMachine: false,
    // env(1) runs an argv as it is.
    connection: { prefix: ['env'], quoting: 'none' },
    engine: {
      socket: '',
      api: 'v1',
      log: '/nonexistent/podproof/engine.log',
      pid: process.pid,
      binary: '/nonexistent/podproof/containerd',
      runtimes: { 'runc-1-1-15': { path: '/opt/podproof/runc', sha256: planned.runtimeSha256 } },
      runtimeState: '/nonexistent/podproof/{id}',
      ...engine,
    },
    lease,
    cells: [
      {
        facts: { ...cell, fixtures },
        handlers: { plain: 'runc-1-1-15', withheld: 'runc-1-1-15-withheld', 'all-allowed': 'runc-1-1-15-all-allowed' },
      },
    ],
    images: { root: 'localhost:5000/podproof/probe:1', user777: 'localhost:5000/podproof/probe:777' },
    runFolder: '/nonexistent',
    clockOrigin: monotonicMs(),
    tasks: [],
    pods: 2,
    ...change,
  };
}
