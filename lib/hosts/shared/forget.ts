import { UsageError } from '../../util/errors.ts';
import type { Cleaned } from './clean.ts';
import { markDone, readLedger } from './ledger.ts';
import { isRunning } from './process-identity.ts';

/**
 * Strikes what a run left on a machine behind ssh or in a container daemon from the ledger, and undoes nothing: for a machine
 * that is gone for good, which `clean` would ask for ever. `token` is as `clean` prints it. Throws UsageError for any other.
 */
export async function forget(token: string, { dryRun = false } = {}): Promise<Cleaned> {
  const elsewhere = (await readLedger()).flatMap(({ entry, ...open }) =>
    entry.kind === 'machine' || entry.kind === 'container' ? [{ ...open, entry }] : [],
  );
  const found = elsewhere.find(({ entry }) => entry.token === token);
  if (found === undefined) {
    const known = elsewhere.map(({ entry }) => `${entry.kind} ${entry.token}`).join(', ');
    throw new UsageError(`Cannot forget ${token}: the ledger has ${known || 'no machine and no container'}`);
  }
  const { run, entry, owner, id } = found;
  if (await isRunning(owner))
    throw new UsageError(`Cannot forget ${entry.kind} ${token}: run ${run} still uses it, in process ${owner.pid}`);
  if (!dryRun) await markDone(id);
  return { run, entry, outcome: dryRun ? 'would be forgotten' : 'forgotten', detail: 'what was done there stays' };
}
