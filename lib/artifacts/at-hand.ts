import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isReleaseVersion } from '../model/matrix/matrix.ts';

/** Versions of `name` that `$PODPROOF_ARTIFACTS` or the cache directory has: `containerd-2.4.2.tar.gz`, `containerd-2.4.2-1a2b3c4d`. */
export async function versionsAtHand(name: string, cache: string): Promise<string[]> {
  const shelf = process.env['PODPROOF_ARTIFACTS'];
  const folders = [...(shelf ? [shelf] : []), join(cache, 'artifacts')];
  const entries = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  const versions = entries.flat().flatMap((entry) => {
    if (!entry.startsWith(`${name}-`)) return [];
    const version = entry
      .slice(name.length + 1)
      .replace(/\.(tgz|tar(\.\w+)?)$/, '')
      .replace(/-[0-9a-f]{8}$/, '');
    return isReleaseVersion(version) ? [version] : [];
  });
  return [...new Set(versions)];
}
