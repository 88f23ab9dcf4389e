import type { Container } from '../cri/pod.ts';
import type { Remote } from '../hosts/host.ts';
import type { Observation } from '../model/observation.ts';
import { observePod } from '../probe/observe.ts';
import { runtimeOf } from '../probe/runtime-state.ts';
import type { WorkerContext } from './worker-context.ts';

/** What a running container shows, and its host meanwhile. */
export type Facts = Pick<Observation, 'identity' | 'spec' | 'guest' | 'host'>;

/** Looks into a running container and at its host, and finds out which runtime it has. `handler` is the one that it is to have. */
export async function look(
  { context, remote, signal }: { context: WorkerContext; remote: Remote; signal: AbortSignal },
  container: Container,
  { handler, attempts, hostLast = false }: { handler: string; attempts: readonly string[]; hostLast?: boolean },
): Promise<Facts> {
  const { engine, lease } = context;
  const { runtime, ...seen } = await observePod(container, remote, engine, attempts, { signal, hostLast });
  return {
    ...seen,
    identity: {
      engineName: lease.engine.reportedName,
      engineVersion: lease.engine.reportedVersion,
      ...runtimeOf(runtime, engine.runtimes[handler]),
    },
  };
}
