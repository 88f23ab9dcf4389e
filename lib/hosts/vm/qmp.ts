import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { waitFor, withDeadline } from '../../util/wait.ts';

const Message = z.union([
  z.object({ event: z.string(), data: z.unknown().optional() }),
  z.object({ return: z.unknown(), id: z.number() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
  z.object({ QMP: z.unknown() }),
]);

export interface QmpEvent {
  event: string;
  data?: unknown;
}

/** QEMU's machine protocol over its unix socket: JSON, one message a line. */
export class Qmp {
  readonly #socket: Socket;
  readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  #id = 0;
  #closed: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', (error) => this.#close(error));
    socket.on('close', () => this.#close());
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    });
  }

  /** Connects as soon as QEMU listens. `running` throws when QEMU has ended meanwhile. */
  static async connect(path: string, running: () => void, signal: AbortSignal): Promise<Qmp> {
    const wait = { name: `reach QEMU on ${path}`, timeoutMs: 20_000, intervalMs: 30, signal, alive: running };
    const socket = await waitFor(wait, () => open(path));
    const qmp = new Qmp(socket);
    await qmp.command('qmp_capabilities');
    return qmp;
  }

  /** Runs a command. Rejects with QEMU's own description. */
  async command(execute: string, args: Record<string, unknown> = {}, timeoutMs = 20_000): Promise<unknown> {
    if (this.#closed) throw new Error(`Cannot run ${execute}: ${this.#closed.message}`, { cause: this.#closed });
    const id = ++this.#id;
    return withDeadline({ name: `get QEMU's answer to ${execute}`, timeoutMs }, () => {
      const answer = new Promise<unknown>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject: (error) => reject(new Error(`Cannot run ${execute}: ${error.message}`)) });
      });
      this.#socket.write(`${JSON.stringify({ execute, arguments: args, id })}\n`);
      return answer;
    }).finally(() => this.#pending.delete(id));
  }

  /** The next event that `accept` says yes to; call before the command that causes it. Rejects when QEMU goes away. */
  async event(name: string, accept: (event: QmpEvent) => boolean, timeoutMs: number, signal?: AbortSignal): Promise<QmpEvent> {
    let listener: ((event: QmpEvent) => void) | undefined;
    return withDeadline({ name, timeoutMs, ...(signal ? { signal } : {}) }, () => {
      return new Promise<QmpEvent>((resolve, reject) => {
        listener = (event) => {
          if (event.event === 'PODPROOF_CLOSED') reject(this.#closed);
          else if (accept(event)) resolve(event);
        };
        this.#listeners.add(listener);
      });
    }).finally(() => listener && this.#listeners.delete(listener));
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(line: string): void {
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      return;
    }
    const message = Message.safeParse(json).data;
    if (message === undefined || 'QMP' in message) return;
    if ('event' in message) {
      for (const listener of this.#listeners) listener(message);
    } else if ('error' in message) {
      this.#pending.get(message.id ?? -1)?.reject(new Error(message.error.desc));
    } else {
      this.#pending.get(message.id)?.resolve(message.return);
    }
  }

  #close(cause?: Error): void {
    if (this.#closed) return;
    const error = new Error('QEMU closed its control socket', { cause });
    this.#closed = error;
    for (const { reject } of this.#pending.values()) reject(error);
    for (const listener of this.#listeners) listener({ event: 'PODPROOF_CLOSED' });
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
