import { lstat, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from './paths.ts';

/** What fills the cache; the rest of it is locks, leases of running hosts, and notes. */
const folders = ['images', 'snapshots', 'disks', 'artifacts', 'downloads', 'indexes'];
/** Remembered checksums of directories that stay where they are (lib/artifacts/cache.ts). */
const notes = 'in-place';

export interface CacheEntry {
  path: string;
  /** What it takes of the disk, in bytes. */
  bytes: number;
  /** Milliseconds since 1970. */
  lastUsedMs: number;
}

/** Says of an entry that a run uses it now. A cache that cannot be written is no reason to fail. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/** What was downloaded, built or unpacked and not used since `sinceMs`, milliseconds since 1970, longest unused first. */
export async function unusedSince(sinceMs: number): Promise<CacheEntry[]> {
  const paths = await Promise.all(
    folders.map(async (folder) => {
      const directory = join(cacheDirectory(), folder);
      const names = await readdir(directory).catch(() => []);
      return names.filter((name) => name !== notes).map((name) => join(directory, name));
    }),
  );
  const entries = await Promise.all(
    paths.flat().map(async (path) => {
      const lastUsedMs = (await lstat(path)).mtimeMs;
      return lastUsedMs <= sinceMs ? [{ path, bytes: await bytesOf(path), lastUsedMs }] : [];
    }),
  );
  return entries.flat().sort((a, b) => a.lastUsedMs - b.lastUsedMs);
}

/** By blocks, as images and snapshots are sparse. Links are not followed. */
async function bytesOf(path: string): Promise<number> {
  const found = await lstat(path);
  if (!found.isDirectory()) return found.blocks * 512;
  const inside = await Promise.all((await readdir(path)).map((name) => bytesOf(join(path, name))));
  return inside.reduce((sum, bytes) => sum + bytes, found.blocks * 512);
}
