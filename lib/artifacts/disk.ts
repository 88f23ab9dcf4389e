import { statfs } from 'node:fs/promises';
import { BlockedError, messageOf } from '../util/errors.ts';

/** What the system and its programs say when a disk takes no more: ENOSPC, EDQUOT, EFBIG, EROFS. */
const full =
  /\b(ENOSPC|EDQUOT|EFBIG|EROFS)\b|No space left on device|Disk quota exceeded|File too (large|big)|Read-only file system/i;

/** The same error, or the clear sentence when the disk below `directory` was the trouble. */
export function blamingDisk(error: unknown, what: string, directory: string): unknown {
  const words = messageOf(error);
  if (words.startsWith('Cannot keep ')) return error;
  return full.test(words) ? cannotKeep(what, directory, words.split('\n')[0] ?? '', error) : error;
}

/** Throws a BlockedError when `bytes` more would fill the disk, before anything is written. */
export async function assertRoom(what: string, directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (bytes > free) throw cannotKeep(what, directory, `it has ${mebibytes(bytes)}, and ${mebibytes(free)} are free`);
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

function cannotKeep(what: string, directory: string, why: string, cause?: unknown): BlockedError {
  return new BlockedError(`Cannot keep ${what} in ${directory}: ${why}`, {
    remedy: 'make room there, or set XDG_CACHE_HOME to a directory on another disk',
    cause,
  });
}
