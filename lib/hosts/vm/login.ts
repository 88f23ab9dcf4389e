import { createConnection } from 'node:net';
import { messageOf } from '../../util/errors.ts';
import { waitFor } from '../../util/wait.ts';
import type { LeaseContext } from '../host.ts';
import { hostKeyAlias, type Image } from '../image/build.ts';
import { openControlMaster, sshOption, type Ssh } from '../ssh/control-master.ts';
import type { Child } from '../shared/process.ts';
import { consoleTail, type RunningMachine } from './machine.ts';

/** Milliseconds until the sshd of a machine greets, on a busy machine. */
export const patience = { kvm: { cold: 90_000, warm: 30_000 }, tcg: { cold: 300_000, warm: 90_000 } };

/** The machine runs, and nobody can log in: starting it once more would end in the same way. */
export class NoLoginError extends Error {
  override readonly name = 'NoLoginError';
}

/** Options for a host that started from `image`: its key opens it, its host key proves it, and the user's configuration has no say. */
export function imageLogin({ knownHosts, identityFile }: Pick<Image, 'identityFile' | 'knownHosts'>): string[] {
  return [
    ...['-F', 'none', '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', 'GlobalKnownHostsFile=/dev/null', '-o', `HostKeyAlias=${hostKeyAlias}`],
    // Half the time of the default under full emulation: 0.9 s against 1.8 s to log in, on a busy machine.
    ...['-o', 'KexAlgorithms=ecdh-sha2-nistp256'],
    // Under full emulation 30 MB take 1.5 s; with the cipher that ssh would choose, chacha20-poly1305, 3.6 s.
    ...['-o', 'Ciphers=aes128-ctr'],
    ...sshOption('UserKnownHostsFile', knownHosts),
    ...sshOption('IdentityFile', identityFile),
  ];
}

/**
 * The connection to a machine that was just started: waits for its sshd, `timeoutMs` at most. Throws an error with the last words
 * of ssh and of the machine's console; a NoLoginError when the machine still runs.
 */
export async function openSshTo(
  running: Pick<RunningMachine, 'sshPort' | 'child' | 'sockets' | 'token' | 'console'>,
  image: Pick<Image, 'identityFile' | 'knownHosts'>,
  context: Omit<LeaseContext, 'progress'>,
  timeoutMs: number,
): Promise<Ssh> {
  try {
    // QEMU accepts connections before the guest does: only the server's greeting proves that sshd answers.
    const alive = running.child.assertRunning;
    await waitFor({ name: 'reach sshd on the host', timeoutMs, intervalMs: 100, signal: context.signal, alive }, () =>
      greeted(running.sshPort),
    );
    const target = { options: [...imageLogin(image), '-p', String(running.sshPort)], destination: 'root@127.0.0.1' };
    return await openControlMaster(target, { directory: running.sockets, token: running.token }, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const words = (await consoleTail(running.console, 3)).replaceAll('\n', ' | ') || 'it is empty';
    const message = `${messageOf(error)}; its console ends: ${words}`;
    throw hasEnded(running.child) ? new Error(message, { cause: error }) : new NoLoginError(message, { cause: error });
  }
}

function hasEnded(child: Child): boolean {
  try {
    child.assertRunning();
    return false;
  } catch {
    return true;
  }
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
