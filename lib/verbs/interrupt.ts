import type { EventEmitter } from 'node:events';

/** Does `work` with a signal that Ctrl-C and SIGTERM abort. What it throws after that is no failure, and the exit code is 130. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new Error('interrupted'));
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await work(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** A reader that closes early, like head(1), has what it wanted. What is under way gives back what it holds first, as at Ctrl-C. */
export function endWithReader(...streams: readonly EventEmitter[]): void {
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') === 0) process.exit();
    process.emit('SIGTERM');
  };
  for (const stream of streams) stream.on('error', closed);
}
