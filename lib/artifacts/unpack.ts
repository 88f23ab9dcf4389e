import { resolve } from 'node:path';
import { BlockedError, messageOf } from '../util/errors.ts';
import { exec, type ExecResult } from '../util/exec.ts';
import { timeoutFactor } from '../util/wait.ts';
import { assertRoom, blamingDisk } from './disk.ts';
import { listArguments, parseTarList, refusal, type TarEntry } from './tar-list.ts';

/**
 * Unpacks a tar archive (.gz, .xz, .zst or plain) into an empty directory. It is listed first, by the same tar, and refused whole
 * when a member is absolute, climbs out, is a device or of absurd size, or when a link leaves the prefix.
 */
export async function unpack(archive: string, directory: string, signal?: AbortSignal): Promise<void> {
  const listing = await tar([...listArguments, '--file', resolve(archive)], signal);
  if (listing.exitCode !== 0) throw cannot('read', archive, wordsOf(listing));
  const entries = read(archive, listing.stdout);
  await assertRoom(
    archive,
    directory,
    entries.reduce((sum, { size }) => sum + size, 0),
  );
  const harmless = ['--no-same-owner', '--no-same-permissions', '--directory', directory];
  const done = await tar(['--extract', ...harmless, '--file', resolve(archive)], signal);
  if (done.exitCode !== 0) throw blamingDisk(cannot('unpack', archive, wordsOf(done)), archive, directory);
}

async function tar(argv: string[], signal?: AbortSignal): Promise<ExecResult> {
  const result = await exec(['tar', '--force-local', ...argv], {
    timeoutMs: 600_000 * timeoutFactor,
    env: { LC_ALL: 'C', TAR_OPTIONS: '' },
    signal,
  });
  signal?.throwIfAborted();
  return result;
}

function read(archive: string, listing: string): TarEntry[] {
  try {
    const entries = parseTarList(listing);
    const why = refusal(entries);
    if (why !== undefined) throw new Error(why);
    return entries;
  } catch (error) {
    throw cannot('unpack', archive, messageOf(error));
  }
}

function wordsOf({ stderr, failure, timedOut }: ExecResult): string {
  if (timedOut) return 'tar took too long';
  return stderr.trim().split('\n')[0] || failure.split('\n')[0] || 'tar failed';
}

function cannot(verb: string, archive: string, why: string): BlockedError {
  return new BlockedError(`Cannot ${verb} the archive ${archive}: ${why}`, {
    remedy: 'get the archive again from where you trust it',
  });
}
