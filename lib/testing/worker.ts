import { cell, fixtures, lease, planned } from './evidence.ts';
import { monotonicMs } from '../util/clock.ts';
import type { WorkerContext } from '../run/worker-context.ts';

/** What the worker of a lease with one runc cell gets; the host is this machine. */
export function workerContext(change: Partial<WorkerContext> & Pick<WorkerContext, 'socket' | 'runFolder'>): WorkerContext {
  return {
    // env(1) runs an argv as it is.
    connection: { prefix: ['env'], quoting: 'none' },
    api: 'v1',
    lease,
    cells: [
      {
        facts: { ...cell, fixtures },
        handlers: { plain: 'runc-1-1-15', withheld: 'runc-1-1-15-withheld', 'all-allowed': 'runc-1-1-15-all-allowed' },
      },
    ],
    runtimes: { 'runc-1-1-15': { path: '/opt/podproof/runc', sha256: planned.runtimeSha256 } },
    runtimeState: '/nonexistent/podproof/{id}',
    engineLog: '/nonexistent/podproof/engine.log',
    enginePid: process.pid,
    engineBinary: '/nonexistent/podproof/containerd',
    images: { root: 'localhost:5000/podproof/probe:1', user777: 'localhost:5000/podproof/probe:777' },
    clockOrigin: monotonicMs(),
    tasks: [],
    pods: 2,
    ...change,
  };
}
