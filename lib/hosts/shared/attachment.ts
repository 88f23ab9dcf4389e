import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execPipe } from '../../util/exec.ts';
import { oncePerKey } from '../../util/once-per-key.ts';
import type { Attachment, LeaseContext, Remote } from '../host.ts';
import { machineDirectory } from '../borrowed/release.ts';

/** Attaches each content once; the same id is the same content. */
export function oncePerAttachment(
  attach: (attachment: Attachment) => Promise<string>,
): (attachment: Attachment) => Promise<string> {
  const once = (attachment: Attachment): Promise<string> => {
    if (!/^[\w][\w.+-]*$/.test(attachment.id)) throw new RangeError(`Cannot attach "${attachment.id}": expected a plain name`);
    return attach(attachment);
  };
  return oncePerKey(once, ({ id }) => id);
}

/** Sends `attachment` to a host that shares no disk with this machine; it is there read-only, and goes with the lease. */
export async function copyToHost({ id, directory }: Attachment, remote: Remote, context: LeaseContext): Promise<string> {
  context.progress(`send ${id} to the host`);
  const target = `${machineDirectory}/attached/${id}`;
  const receive = remote.argv(['sh', '-euc', receiveScript, 'sh', target]);
  await execPipe(['tar', '-C', directory, '--owner=0', '--group=0', '--numeric-owner', '-cf', '-', '.'], receive, {
    timeoutMs: 900_000,
    signal: context.signal,
  });
  return target;
}

/** Bound onto itself read-only, as on a host that gets its artifacts as a disk. */
const receiveScript = 'mkdir -p "$1"; tar -C "$1" -xf -; mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"';

/** Size of the regular files of a directory tree, and how many files and directories it has. */
export async function measureDirectory(directory: string): Promise<{ bytes: number; entries: number }> {
  const total = { bytes: 0, entries: 0 };
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    total.entries += 1;
    if (entry.isFile()) total.bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return total;
}
