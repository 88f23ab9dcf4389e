import type { Container } from '../cri/pod.ts';
import type { Remote } from '../hosts/host.ts';
import type { Observation } from '../model/observation.ts';
import { observePod } from '../probe/observe.ts';
import { runtimeOf } from './runtime-state.ts';
import type { WorkerContext } from './worker-context.ts';

/** What a running container shows, and its host meanwhile. */
export type Facts = Pick<Observation, 'identity' | 'spec' | 'guest' | 'host'>;

/** Looks into a running container and at its host, and finds out which runtime it has. `handler` is the one that it is to have. */
export async function look(
  { context, remote, signal }: { context: WorkerContext; remote: Remote; signal: AbortSignal },
  container: Container,
  { handler, attempts, hostLast = false }: { handler: string; attempts: readonly string[]; hostLast?: boolean },
): Promise<Facts> {
  const { runtimeState, runtimeFile, runtimes } = context.engine;
  const [seen, runtime] = await Promise.all([
    observePod(container, remote, attempts, { signal, hostLast }),
    runtimeOf(remote, container.containerId, { runtimeState, runtimeFile, planned: runtimes[handler] }),
  ]);
  return {
    ...seen,
    identity: { engineName: context.lease.engine.reportedName, engineVersion: context.lease.engine.reportedVersion, ...runtime },
  };
}
