import { chmod, mkdir } from 'node:fs/promises';
import type { LeaseContext } from '../host.ts';
import { scoped } from '../../util/scope.ts';
import { ownPath } from '../shared/own-directory.ts';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The argv under which files have the owners that a script gives them: as root the real ones, otherwise those that fakeroot remembers. */
export function keepingOwners(argv: readonly string[]): string[] {
  return isRoot() ? [...argv] : ['fakeroot', '--', ...argv];
}

/** Below it lie the chroots of users who are not root: their home, and so their cache, is often closed to everybody else. */
export const buildPrefix = '/var/tmp/podproof-build-';

/**
 * A new directory for mmdebstrap, whose root is a subordinate user (subuid(5)) and enters only what is open to all. Others may pass
 * through it, but neither list it nor write there. `token` must not be guessable.
 */
export async function openBuildDirectory(token: string, { ledger }: Pick<LeaseContext, 'ledger'>) {
  return scoped(async (scope) => {
    const path = `${buildPrefix}${token.replace(/^podproof-build-/, '')}`;
    await ownPath(path, scope, ledger);
    await mkdir(path);
    // Whatever the umask is.
    await chmod(path, 0o711);
    return { path };
  });
}
