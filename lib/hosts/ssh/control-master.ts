import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../util/errors.ts';
import { execOk } from '../../util/exec.ts';
import { scoped } from '../../util/scope.ts';
import { tailOf } from '../../util/tail.ts';
import { waitFor } from '../../util/wait.ts';
import type { Connection } from '../host.ts';
import type { Ledger } from '../shared/ledger.ts';
import { startProcess } from '../shared/process.ts';

/** The destination, and what comes before it on ssh's command line. */
export interface SshTarget {
  options: readonly string[];
  destination: string;
}

export interface ControlMasterOptions {
  target: SshTarget;
  /** Short directory for the control socket; its name carries `token`. */
  directory: string;
  token: string;
  log: string;
  ledger: Ledger;
  signal: AbortSignal;
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

/** Logs in and keeps the connection for others to share. Throws with ssh's own words when it cannot. */
export async function openControlMaster({ target, directory, token, log, ledger, signal }: ControlMasterOptions): Promise<Ssh> {
  const control = join(directory, 'ssh');
  if (Buffer.byteLength(control) > 90)
    throw new RangeError(`The path of the ssh control socket is longer than 90 bytes: ${control}`);
  const { destination } = target;
  const common = [...['-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=20'], ...target.options];
  common.push(...sshOption('ControlPath', control));
  return scoped(async (scope) => {
    // A master that was killed leaves its socket.
    await rm(control, { force: true });
    // Of a server that hangs up, ssh tells at this level and not at that of errors; the first value of an option counts.
    const telling = ['-o', 'LogLevel=INFO'];
    const keeping = ['-o', 'ControlMaster=yes', '-o', 'ControlPersist=no', '-N'];
    const argv = ['ssh', ...telling, ...common, ...keeping, '--', destination] as const;
    const master = scope.adopt('the ssh connection', await startProcess([...argv], token, log, ledger));
    let refused: unknown;
    await waitFor({ name: `log in to ${destination}`, timeoutMs: 60_000, intervalMs: 20, signal }, async () => {
      try {
        master.assertRunning();
      } catch (error) {
        refused = error;
        return true;
      }
      await access(control).catch(() => {
        throw new Error('ssh still waits for the server');
      });
      return true;
    }).catch(async (error: unknown) => {
      signal.throwIfAborted();
      const said = (await tailOf(log)).trim().split(/\r?\n/).slice(-3).join(' | ');
      throw new Error(`${messageOf(error)}${said && `, and said: ${said}`}`, { cause: error });
    });
    if (refused !== undefined) throw refused;
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
