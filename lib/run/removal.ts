import type { Remote } from '../hosts/host.ts';
import type { HostReport } from '../model/host-report.ts';
import type { Leftovers } from '../model/observation.ts';
import { sweepHost } from '../probe/host-sweep.ts';
import { leftovers } from '../probe/leftovers.ts';
import { waitFor } from '../util/wait.ts';
import type { Ids } from './pod-logs.ts';

/** Directories that earlier pods left would hide what this one leaves, as the next account gets the same uid. */
export async function forgetOldRuntimeDirectories(remote: Remote): Promise<void> {
  const script =
    'for d in /run/user/[0-9]*; do [ -d "$d" ] && ! getent passwd "${d##*/}" >/dev/null && rm -rf --one-file-system "$d"; done; :';
  const { exitCode, stderr } = await remote.exec(['sh', '-c', script]);
  if (exitCode !== 0) throw new Error(`Cannot remove old directories below /run/user: ${stderr.trim()}`);
}

/** What is still there 30 s after the removal: runtimes may clean up behind the call's back (Kata's own test allows as long). */
export async function whatIsLeft(remote: Remote, before: HostReport, ids: Ids): Promise<Leftovers> {
  const sweep = async (): Promise<Leftovers> =>
    leftovers(before, await sweepHost(remote, { sandboxId: ids.sandbox, containerId: ids.container }));
  let left = await sweep();
  const clean = async (): Promise<Leftovers | undefined> => {
    left = await sweep();
    return left.runtime.length === 0 ? left : undefined;
  };
  if (left.runtime.length > 0)
    await waitFor({ name: 'see the runtime clean up', timeoutMs: 30_000, intervalMs: 2_000 }, clean).catch(() => undefined);
  return left;
}
