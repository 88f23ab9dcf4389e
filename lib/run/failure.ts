import { CriError } from '../cri/error.ts';
import type { Outcome } from '../model/outcome.ts';
import { messageOf } from '../util/errors.ts';
import { packageRoot } from '../util/paths.ts';

/** What was thrown, as an outcome: an answer of the engine, or trouble of our own. */
export function failure(error: unknown): Outcome {
  if (error instanceof CriError) return { kind: 'refused', call: error.call, code: error.code, message: error.raw };
  // Where podproof is installed is nobody else's business: a report may be published.
  const stack = error instanceof Error ? (error.stack ?? '').replaceAll(`${packageRoot}/`, '') : '';
  return { kind: 'error', message: messageOf(error), stack };
}
