import { unusedSince, type CacheEntry } from '../../util/cache.ts';
import { BlockedError } from '../../util/errors.ts';
import { removeOurs } from './clean.ts';
import { readLedger } from './ledger.ts';
import { isRunning } from './process-identity.ts';

const day = 86_400_000;

/**
 * Removes what no run has used for `days` days, and returns it. Nothing is lost but time: it is fetched or built again when
 * it is wanted. Throws BlockedError while a run holds a host, as its disks lie there.
 */
export async function cleanCache(days: number, options: { dryRun: boolean; now?: number }): Promise<CacheEntry[]> {
  const unused = await unusedSince((options.now ?? Date.now()) - days * day);
  if (options.dryRun) return unused;
  for (const { run, owner } of await readLedger()) {
    if (await isRunning(owner))
      throw new BlockedError(`Cannot clean the cache: run ${run}, pid ${owner.pid}, uses it`, { remedy: 'wait for its end' });
  }
  for (const { path } of unused) await removeOurs(path);
  return unused;
}
