import { acquireHost } from '../../hosts/registry.ts';
import { leastNeeds } from '../../hosts/needs.ts';
import type { HostSpec } from '../../hosts/facts.ts';
import type { Connection, Host, LeaseContext } from '../../hosts/host.ts';
import { openLedger } from '../../hosts/shared/ledger.ts';
import { HostLostError } from '../../util/errors.ts';

/** The host of the end-to-end tests. */
export async function leaseHost(run: string, logs: string, progress: (phase: string) => void = () => undefined): Promise<Host> {
  const spec: HostSpec = {
    kind: 'vm',
    suite: 'trixie',
    memoryMiB: 3072,
    cpus: 2,
    kernelParameters: [],
    allowExpiredRelease: false,
  };
  return acquireHost('debian-13', spec, await leaseContext(run, logs, progress), { variant: 'plain', needs: leastNeeds });
}

/** What a lease that nobody stops is given. */
export async function leaseContext(
  run: string,
  logs: string,
  progress: (phase: string) => void = () => undefined,
): Promise<LeaseContext> {
  return { ledger: await openLedger(run), logs, signal: new AbortController().signal, progress };
}

/** A host that tests use one after another. */
export interface SharedHost extends AsyncDisposable {
  /** Work that loses an emulated host gets a fresh one, once, as in a run. */
  use(work: (host: Host) => Promise<void>): Promise<void>;
}

/** Leases a host at its first use. */
export function shareHost(lease: () => Promise<Host>): SharedHost {
  let current: Host | undefined;
  const end = async (): Promise<void> => {
    await current?.[Symbol.asyncDispose]();
    current = undefined;
  };
  const lossOf = async (host: Host, error: unknown): Promise<HostLostError | undefined> => {
    const why: unknown = error instanceof HostLostError ? error : await host.assertAlive().catch((thrown: unknown) => thrown);
    return why instanceof HostLostError && host.facts.accelerator === 'tcg' ? why : undefined;
  };
  return {
    async use(work) {
      const host = (current ??= await lease());
      try {
        await work(host);
      } catch (error) {
        const lost = await lossOf(host, error);
        if (lost === undefined) throw error;
        console.log(`${lost.message}; bringing it back\n${lost.consoleTail}`);
        await end();
        await work((current = await lease()));
      }
    },
    [Symbol.asyncDispose]: end,
  };
}

/** What a user would have in ~/.ssh/config for a leased host: where it is, which key opens it, which key it shows. */
export function sshConfigOf(alias: string, { prefix }: Connection): string {
  const options = prefix.flatMap((word, index) => (prefix[index - 1] === '-o' ? [word.replace('=', ' ')] : []));
  const port = prefix[prefix.indexOf('-p') + 1];
  const lines = options.filter((option) => !option.startsWith('Control'));
  return [`Host ${alias}`, 'HostName 127.0.0.1', 'User root', `Port ${port}`, ...lines].join('\n').concat('\n');
}

/** As a program: leases a host, says so, and stays until it is killed. */
if (process.argv[1]?.endsWith('lease.ts') && process.argv[2] && process.argv[3]) {
  const host = await leaseHost(process.argv[2], process.argv[3]);
  process.stdout.write(`${JSON.stringify(host.connection)}\n`);
  setInterval(() => undefined, 1_000);
}
