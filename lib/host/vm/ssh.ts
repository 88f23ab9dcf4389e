import { access } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { execOk } from '../../util/exec.ts';
import { Scope } from '../../util/scope.ts';
import { waitFor } from '../../util/wait.ts';
import type { Connection, LeaseContext } from '../host.ts';
import { hostKeyAlias } from '../image/build.ts';
import type { Image } from '../image/build.ts';
import type { Ledger } from '../ledger.ts';
import type { RunningMachine } from './machine.ts';
import { startProcess } from './process.ts';

/** Milliseconds from the start of a cold machine to its sshd, under emulation and load. */
const bootTimeoutMs = 300_000;

export interface SshOptions {
  image: Pick<Image, 'identityFile' | 'knownHosts'>;
  port: number;
  /** Short directory for the control socket; its name carries `token`. */
  directory: string;
  token: string;
  log: string;
  ledger: Ledger;
  bootTimeoutMs: number;
  /** Throws when the machine is gone, so that nobody waits for it. */
  assertRunning: () => void;
  signal: AbortSignal;
}

/** One authenticated connection that every exec and dial shares. */
export interface Ssh extends AsyncDisposable {
  readonly connection: Connection;
  /** Makes a port of our loopback reachable on the host's loopback; returns the port there. */
  forward(port: number): Promise<number>;
}

/** The connection to a machine that was just started: waits for its sshd. */
export function openSshTo(running: RunningMachine, image: Image, context: LeaseContext): Promise<Ssh> {
  return openSsh({
    image,
    port: running.sshPort,
    directory: running.sockets,
    token: running.token,
    log: join(context.logs, 'ssh.log'),
    ledger: context.ledger,
    bootTimeoutMs,
    assertRunning: running.child.assertRunning,
    signal: context.signal,
  });
}

/** ssh splits option values at blanks and expands percent signs. */
const option = (name: string, value: string): string[] => ['-o', `${name}="${value.replaceAll('%', '%%')}"`];

export async function openSsh(options: SshOptions): Promise<Ssh> {
  const control = join(options.directory, 'ssh');
  if (Buffer.byteLength(control) > 90)
    throw new RangeError(`The path of the ssh control socket is longer than 90 bytes: ${control}`);
  const common = [
    ...['-F', 'none', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=20', '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', 'GlobalKnownHostsFile=/dev/null', '-o', `HostKeyAlias=${hostKeyAlias}`],
    // Half the time of the default under full emulation: 0.9 s against 1.8 s to log in, on a busy machine.
    ...['-o', 'KexAlgorithms=ecdh-sha2-nistp256'],
    ...option('UserKnownHostsFile', options.image.knownHosts),
    ...option('IdentityFile', options.image.identityFile),
    ...option('ControlPath', control),
    ...['-p', String(options.port)],
  ];
  const destination = 'root@127.0.0.1';
  const scope = new Scope();
  try {
    await banner(options);
    const argv = ['ssh', ...common, '-o', 'ControlMaster=yes', '-N', destination] as const;
    const master = scope.adopt('the ssh connection', await startProcess([...argv], options.token, options.log, options.ledger));
    await waitFor({ name: 'log in to the host', timeoutMs: 60_000, intervalMs: 20, signal: options.signal }, async () => {
      master.assertRunning();
      await access(control);
      return true;
    });
    return {
      connection: { prefix: ['ssh', ...common, '-o', 'ControlMaster=no', destination, '--'], quoting: 'posix' },
      async forward(port) {
        const said = await execOk(['ssh', ...common, '-O', 'forward', '-R', `127.0.0.1:0:127.0.0.1:${port}`, destination]);
        const there = /\d+/.exec(said)?.[0];
        if (there === undefined)
          throw new Error(`Cannot expose port ${port}: ssh did not name the port on the host: ${said.trim()}`);
        return Number(there);
      },
      [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
    };
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
}

/** QEMU accepts connections before the guest does: only the server's greeting proves that sshd answers. */
async function banner({ port, bootTimeoutMs, signal, assertRunning }: SshOptions): Promise<void> {
  let gone: unknown;
  await waitFor({ name: 'reach sshd on the host', timeoutMs: bootTimeoutMs, intervalMs: 100, signal }, async () => {
    try {
      assertRunning();
    } catch (error) {
      gone = error;
      return true;
    }
    return greeted(port);
  });
  if (gone !== undefined) throw gone;
}

function greeted(port: number): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 3_000 });
    const fail = (why: string) => (): void => {
      socket.destroy();
      reject(new Error(why));
    };
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('timeout', fail(`port ${port} accepts connections and no server greets`));
    socket.once('end', fail(`port ${port} closed without a greeting`));
    socket.once('error', fail(`port ${port} refused`));
  });
}
