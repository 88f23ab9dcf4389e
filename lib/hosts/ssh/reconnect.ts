import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../util/errors.ts';
import type { Ssh } from './control-master.ts';

/** A connection is given up when it could not be made again for this long: a host may reboot in it. */
const patienceMs = 300_000;

export interface ReconnectingSsh extends Omit<Ssh, 'ended'> {
  /** Resolves as soon as there is a connection; rejects with the last refusal when it was given up. */
  connected(): Promise<void>;
}

/**
 * Keeps a connection that `open` makes: one that is lost is made again at once, with the same ports forwarded. Losing the
 * connection says nothing about the host; callers that care ask it for its boot id.
 */
export async function keepConnected(
  open: () => Promise<Ssh>,
  context: { signal: AbortSignal; progress: (text: string) => void },
): Promise<ReconnectingSsh> {
  const ports = new Map<number, number>();
  const over = new AbortController();
  const stopped = AbortSignal.any([context.signal, over.signal]);
  let current = await open();
  const first = current;
  let connecting: Promise<void> = Promise.resolve();

  async function reconnect(why: string): Promise<void> {
    context.progress(`the connection was lost (${why}); connecting again`);
    await current[Symbol.asyncDispose]();
    const deadline = Date.now() + patienceMs;
    for (let pause = 200; ; pause = Math.min(pause * 2, 5_000)) {
      stopped.throwIfAborted();
      try {
        current = await open();
        for (const [port, there] of ports) await current.forward(port, there);
        watch(current);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`Cannot connect again: ${messageOf(error)}`, { cause: error });
        await current[Symbol.asyncDispose]();
        await delay(pause, undefined, { signal: stopped });
      }
    }
  }

  function watch(ssh: Ssh): void {
    void ssh.ended.then((why) => {
      if (stopped.aborted || ssh !== current) return;
      connecting = reconnect(why);
      connecting.catch(() => undefined);
    });
  }

  watch(current);
  return {
    connection: first.connection,
    connected: () => connecting,
    async forward(port, there) {
      await connecting;
      const chosen = await current.forward(port, there);
      ports.set(port, chosen);
      return chosen;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await connecting.catch(() => undefined);
      await current[Symbol.asyncDispose]();
    },
  };
}
