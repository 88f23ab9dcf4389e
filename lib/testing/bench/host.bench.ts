import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaseHost } from '../e2e/lease.ts';
import { openLedger } from '../../hosts/shared/ledger.ts';
import { BlockedError } from '../../util/errors.ts';
import { coldHost } from './cold.ts';
import { repeat, spread, type Spread } from './measure.ts';

/** Cold boots and warm starts of the same host to the first command that it answers, in one run; target: five times. */
export async function benchHost(): Promise<Spread[]> {
  const logs = await mkdtemp(join(tmpdir(), 'podproof-bench-'));
  try {
    const lease = async (): Promise<void> => {
      await using _ = await leaseHost('bench', logs);
    };
    // The first one makes image and snapshot, where there are none.
    await lease();
    const cold = await repeat('host, cold boot and release', 2, async () => coldHost(logs, await openLedger('bench')));
    const warm = await repeat('host, warm start and release', 3, lease);
    return [cold, warm, spread('cold by warm', 'ratio', [cold.median / warm.median])];
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    process.stderr.write(`no host to measure: ${error.message}\n`);
    return [];
  } finally {
    await rm(logs, { recursive: true });
  }
}
