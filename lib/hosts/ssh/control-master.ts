import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../util/errors.ts';
import { execOk } from '../../util/exec.ts';
import { scoped } from '../../util/scope.ts';
import { tailOf } from '../../util/tail.ts';
import { waitFor } from '../../util/wait.ts';
import type { Connection, LeaseContext } from '../host.ts';
import { endedIn, startProcess } from '../shared/process.ts';

/** The destination, and what comes before it on ssh's command line. */
export interface SshTarget {
  options: readonly string[];
  destination: string;
}

/** One authenticated connection that every exec and dial shares. Without it each of them logs in by itself: slower, and as good. */
export interface Ssh extends AsyncDisposable {
  readonly connection: Connection;
  /** Settles when the connection is gone, with ssh's last words. Never rejects. */
  readonly ended: Promise<string>;
  /** Makes a port of our loopback reachable on the host's loopback; returns the port there. Without `there` the host chooses it. */
  forward(port: number, there?: number): Promise<number>;
}

/** ssh splits option values at blanks and expands percent signs. */
export function sshOption(name: string, value: string): string[] {
  return ['-o', `${name}="${value.replaceAll('%', '%%')}"`];
}

/**
 * Logs in and keeps the connection for others to share. `directory` is a short one for the control socket; its name carries `token`.
 * Throws with ssh's own words when it cannot.
 */
export async function openControlMaster(
  { options, destination }: SshTarget,
  { directory, token }: { directory: string; token: string },
  { logs, ledger, signal }: Pick<LeaseContext, 'logs' | 'ledger' | 'signal'>,
): Promise<Ssh> {
  const log = join(logs, 'ssh.log');
  const control = join(directory, 'ssh');
  if (Buffer.byteLength(control) > 90)
    throw new RangeError(`The path of the ssh control socket is longer than 90 bytes: ${control}`);
  const common = [...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=20'], ...options];
  common.push(...sshOption('ControlPath', control));
  return scoped(async (scope) => {
    // A master that was killed leaves its socket.
    await rm(control, { force: true });
    // Of a server that hangs up, ssh tells at this level and not at that of errors; the first value of an option counts.
    const telling = ['-o', 'LogLevel=INFO'];
    const keeping = ['-o', 'ControlMaster=yes', '-o', 'ControlPersist=no', '-N'];
    const argv = ['ssh', ...telling, ...common, ...keeping, '--', destination] as const;
    const master = scope.adopt('the ssh connection', await startProcess([...argv], token, log, ledger));
    const wait = { name: `log in to ${destination}`, timeoutMs: 60_000, intervalMs: 20, signal, alive: master.assertRunning };
    await waitFor(wait, async () => {
      await access(control).catch(() => {
        throw new Error('ssh still waits for the server');
      });
      return true;
    }).catch(async (error: unknown) => {
      signal.throwIfAborted();
      if (endedIn(error)) throw error;
      const said = (await tailOf(log)).trim().split(/\r?\n/).slice(-3).join(' | ');
      throw new Error(`${messageOf(error)}${said && `, and said: ${said}`}`, { cause: error });
    });
    return {
      connection: { prefix: ['ssh', ...common, '-o', 'ControlMaster=no', destination, '--'], quoting: 'posix' },
      ended: master.ended,
      async forward(port, there = 0) {
        const ports = `127.0.0.1:${there}:127.0.0.1:${port}`;
        const said = await execOk(['ssh', ...common, '-O', 'forward', '-R', ports, '--', destination]);
        const chosen = there === 0 ? /\d+/.exec(said)?.[0] : String(there);
        if (chosen === undefined)
          throw new Error(`Cannot expose port ${port}: ssh did not name the port on the host: ${said.trim()}`);
        return Number(chosen);
      },
    };
  });
}
