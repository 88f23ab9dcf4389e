import { resolveArtifact } from '../../artifacts/resolve.ts';
import { BlockedError } from '../../util/errors.ts';

export const version = '1.37.2';

/** The kubelet that the tests run; where nobody brought it, why they are not run. */
export const artifact = await resolveArtifact('kubelet', version, { kind: 'path' }).catch((error: unknown) => {
  if (error instanceof BlockedError) return error;
  throw error;
});
export const why = artifact instanceof BlockedError ? `, not run: ${artifact.message}` : '';
