import { leaseHost } from '../e2e/lease.ts';
import { BlockedError } from '../../util/errors.ts';
import { temporary } from '../temporary.ts';
import { coldHost } from './cold.ts';
import { repeat, spread, type Spread } from './measure.ts';

/** Cold boots and warm starts of the same host to the first command that it answers, in one run; target: five times. */
export async function benchHost(): Promise<Spread[]> {
  await using logs = await temporary();
  try {
    const lease = async (): Promise<void> => {
      await using _ = await leaseHost('bench', logs.path);
    };
    // The first one makes image and snapshot, where there are none.
    await lease();
    const cold = await repeat('host, cold boot and release', 2, () => coldHost(logs.path));
    const warm = await repeat('host, warm start and release', 3, lease);
    return [cold, warm, spread('cold by warm', 'ratio', [cold.median / warm.median])];
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    process.stderr.write(`no host to measure: ${error.message}\n`);
    return [];
  }
}
