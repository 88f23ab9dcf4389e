import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../util/exec.ts';

/**
 * Removes a file or a tree, also one that a killed mmdebstrap left: its directories belong to subordinate users of this user, and
 * only the root of their namespace may empty them.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const inside = (await readdir(path)).map((name) => join(path, name));
    // It cannot remove the directories themselves, as their parent is not its own; empty, they are removed by us.
    await exec(['mmdebstrap', '--unshare-helper', 'rm', '-rf', '--', ...inside], { cwd: '/', timeoutMs: 300_000 });
    await rm(path, { recursive: true, force: true });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}
