import { mkdir, rm } from 'node:fs/promises';
import type { Scope } from '../../util/scope.ts';
import type { Ledger } from './ledger.ts';

/** Makes a directory that only its owner may enter, in the ledger before it is there, and gone with the scope. */
export async function ownDirectory(path: string, scope: Scope, ledger: Pick<Ledger, 'record'>): Promise<void> {
  const receipt = await ledger.record({ kind: 'path', path });
  scope.onRelease(path, async () => {
    await rm(path, { recursive: true, force: true });
    await receipt.done();
  });
  await mkdir(path, { recursive: true, mode: 0o700 });
}
