import type { Remote } from '../hosts/host.ts';
import { checksums } from '../hosts/shared/checksums.ts';
import type { HostReport } from '../model/host-report.ts';
import type { Observation } from '../model/observation.ts';
import { loadedConfiguration, readShimLog } from '../probe/shim-log.ts';
import type { RuntimeInUse } from '../engines/engine.ts';

/** Ids of a pod: its sandbox, and the container in it; empty until the engine has said them. */
export type Ids = Record<'sandbox' | 'container', string>;

/** What was seen of a pod, with what the logs of the host say of it. `planned` is the configuration that its shim was to load. */
export async function withLogs(
  observation: Observation,
  { remote, log, ids, planned }: { remote: Remote; log: string; ids: Ids; planned: RuntimeInUse['configuration'] },
): Promise<Observation> {
  const [engineLog, shimLog] = await Promise.all([
    logSlice(remote, log, Object.values(ids)),
    planned === undefined ? undefined : shimLogOf(remote, ids, observation.host),
  ]);
  const { identity } = observation;
  return {
    ...observation,
    engineLog,
    ...(planned === undefined || shimLog === undefined || identity === undefined
      ? {}
      : { shimLog, identity: { ...identity, configuration: await configurationOf(remote, planned, shimLog) } }),
  };
}

/** Which configuration the shim loaded, and whether it holds what was written there. */
async function configurationOf(
  remote: Remote,
  { path, sha256 }: NonNullable<RuntimeInUse['configuration']>,
  shimLog: string,
): Promise<NonNullable<Observation['identity']>['configuration']> {
  const loaded = loadedConfiguration(shimLog);
  if (loaded === null) return { planned: path, loaded };
  const sums = await checksums(remote, [loaded]);
  return { planned: path, loaded, plannedSha256: sha256, sha256: sums.get(loaded) ?? '' };
}

function shimLogOf(remote: Remote, ids: Ids, host: HostReport | undefined): Promise<string> {
  const pids = (host?.processes ?? []).filter(({ role }) => role === 'shim').map(({ pid }) => pid);
  return readShimLog(remote, { pids, sandboxId: ids.sandbox });
}

/** The last lines of the engine's log that name one of the ids. */
async function logSlice(remote: Remote, log: string, ids: string[]): Promise<string> {
  const patterns = ids.filter((id) => id !== '').flatMap((id) => ['-e', id]);
  const { stdout } = await remote.exec(
    patterns.length === 0 ? ['tail', '-n', '10', '--', log] : ['grep', '-F', ...patterns, '--', log],
  );
  return stdout.split('\n').slice(-20).join('\n').slice(-8_000);
}
