import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlockedError, messageOf } from './errors.ts';
import { cacheDirectory } from './paths.ts';

export interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Hears once that another holds the lock, and, where it is known, which process. */
  onWait?: (holder: string) => void;
}

/**
 * An exclusive lock on a file, between processes and within one. It belongs to the open file and not to a process
 * (flock(2)), so that the kernel releases it when this process ends, however it ends; the file stays.
 */
export async function lock(path: string, options: LockOptions = {}): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    if (!(await flock(file.fd, '--nonblock', options.signal))) {
      const pid = (await readFile(path, 'utf8').catch(() => '')).trim();
      options.onWait?.(/^\d+$/.test(pid) ? `process ${pid}` : 'another process');
      if (!(await flock(file.fd, '--verbose', options.signal))) throw new Error(`Cannot lock ${path}`);
    }
    await file.truncate(0);
    await file.write(`${process.pid}\n`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { [Symbol.asyncDispose]: () => file.close() };
}

/** Runs `work` while no other process of this user does work of the same name: for what is made once and then shared. */
export async function alone<T>(name: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await using _ = await lock(join(cacheDirectory(), 'locks', name), options);
  return await work();
}

/** flock(1) locks the file that it inherits, and so ours; Node.js has no call for it. False when it is held by another. */
async function flock(fd: number, how: string, signal?: AbortSignal): Promise<boolean> {
  signal?.throwIfAborted();
  const child = spawn('flock', ['--exclusive', how, '3'], { stdio: ['ignore', 'ignore', 'ignore', fd], detached: true });
  const stop = (): void => void child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const [code] = await once(child, 'exit').catch((cause: unknown) => {
      throw new BlockedError(`Cannot run flock: ${messageOf(cause)}`, { remedy: 'apt install util-linux', cause });
    });
    signal?.throwIfAborted();
    return code === 0;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
