import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import type { WorkerContext } from './worker-context.ts';

interface Given {
  context: WorkerContext | undefined;
}

/**
 * Gives a test worker its context once there is one. The worker loads all suites while the engine starts, which takes it about
 * as long, and asks for what it shall test only then.
 */
export function openHandover() {
  /** By which the worker finds it. */
  const name = `podproof ${randomUUID()}`;
  const channel = new BroadcastChannel(name);
  let asked = false;
  let given: Given | undefined;
  const answer = (): void => {
    if (asked && given !== undefined) channel.postMessage(given);
  };
  channel.onmessage = () => {
    asked = true;
    answer();
  };
  return {
    name,
    /** Without a context there is nothing to test. Only the first call counts. */
    give(context: WorkerContext | undefined): void {
      given ??= { context };
      answer();
    },
    [Symbol.dispose]: () => channel.close(),
  };
}

/** In the worker: waits for the context that is handed over under this name; undefined when there is nothing to test. */
export async function takeContext(name: string): Promise<WorkerContext | undefined> {
  const channel = new BroadcastChannel(name);
  try {
    return await new Promise((resolve) => {
      channel.onmessage = (message) => resolve((message as { data: Given }).data.context);
      channel.postMessage('ready');
    });
  } finally {
    channel.close();
  }
}
