import { HostLostError } from '../../util/errors.ts';
import type { Remote } from '../host.ts';

/** Throws HostLostError when the host does not answer, or is no longer the boot with this id. */
export async function assertSameBoot(
  id: string,
  remote: Remote,
  bootId: string,
  consoleTail: () => Promise<string>,
): Promise<void> {
  const asked = await remote.exec(['cat', '/proc/sys/kernel/random/boot_id'], { timeoutMs: 30_000 });
  const why =
    asked.exitCode !== 0
      ? `it does not answer: ${asked.failure}`
      : asked.stdout.trim() === bootId
        ? undefined
        : 'it restarted, as its boot id changed';
  if (why !== undefined) throw new HostLostError(`Host ${id} is lost: ${why}`, await consoleTail());
}
