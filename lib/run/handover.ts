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
export class Handover implements Disposable {
  /** By which the worker finds it. */
  readonly name = `podproof ${randomUUID()}`;
  readonly #channel = new BroadcastChannel(this.name);
  #asked = false;
  #given: Given | undefined;

  constructor() {
    this.#channel.onmessage = () => {
      this.#asked = true;
      this.#answer();
    };
  }

  /** Without a context there is nothing to test. Only the first call counts. */
  give(context: WorkerContext | undefined): void {
    this.#given ??= { context };
    this.#answer();
  }

  #answer(): void {
    if (this.#asked && this.#given !== undefined) this.#channel.postMessage(this.#given);
  }

  [Symbol.dispose](): void {
    this.#channel.close();
  }
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
