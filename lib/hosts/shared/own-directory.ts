import { mkdir } from 'node:fs/promises';
import type { Scope } from '../../util/scope.ts';
import type { Ledger } from './ledger.ts';
import { removeTree } from './remove-tree.ts';

/** Writes a path into the ledger before anything is there; what comes there goes with the scope. */
export async function ownPath(path: string, scope: Scope, ledger: Pick<Ledger, 'record'>): Promise<void> {
  const receipt = await ledger.record({ kind: 'path', path });
  scope.onRelease(path, async () => {
    await removeTree(path);
    await receipt.done();
  });
}

/** Makes a directory that only its owner may enter, in the ledger before it is there, and gone with the scope. */
export async function ownDirectory(path: string, scope: Scope, ledger: Pick<Ledger, 'record'>): Promise<void> {
  await ownPath(path, scope, ledger);
  await mkdir(path, { recursive: true, mode: 0o700 });
}
