import { acquireHost } from '../acquire.ts';
import { leastNeeds } from '../fitness.ts';
import type { Host } from '../host.ts';
import { openLedger } from '../ledger.ts';

/** The host of the end-to-end tests. */
export async function leaseHost(run: string, logs: string, progress: (phase: string) => void = () => undefined): Promise<Host> {
  return acquireHost(
    'debian-13',
    { kind: 'vm', suite: 'trixie', memoryMiB: 3072, cpus: 2, kernelParameters: [], allowExpiredRelease: false },
    { ledger: await openLedger(run), logs, signal: new AbortController().signal, progress },
    { variant: 'plain', needs: leastNeeds },
  );
}

/** As a program: leases a host, says so, and stays until it is killed. */
if (process.argv[1]?.endsWith('lease.ts') && process.argv[2] && process.argv[3]) {
  const host = await leaseHost(process.argv[2], process.argv[3]);
  process.stdout.write(`${JSON.stringify(host.connection)}\n`);
  setInterval(() => undefined, 1_000);
}
