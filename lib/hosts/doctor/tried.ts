import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { exec } from '../../util/exec.ts';

/** Whether this user may open a path so; reading and writing by default. */
export async function mayOpen(path: string, mode = constants.R_OK | constants.W_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** The first line of what a program says of its version, on standard error where some say it; null where it does not run. */
export async function versionLine(argv: readonly string[]): Promise<string | null> {
  const { exitCode, stdout, stderr } = await exec(argv, { timeoutMs: 10_000 });
  return exitCode === 0 ? ((stdout.trim() || stderr.trim()).split('\n')[0] ?? '') : null;
}
