import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Whether this user may open a path so; reading and writing by default. */
export async function mayOpen(path: string, mode = constants.R_OK | constants.W_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
