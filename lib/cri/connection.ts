import { on } from 'node:events';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';

/**
 * An HTTP/2 session over whatever stream `dial` opens, opened anew when the last one is gone. In place of the library's
 * session manager, which cannot have its stream close while it connects (connect-node 2.1.2 spins for ever, or throws
 * where nobody can catch it), and which only then finds out that a stream which is no socket has failed.
 */
export class CriConnection {
  readonly authority = 'http://localhost';
  readonly #dial: () => Duplex;
  #session: ClientHttp2Session | undefined;
  #stream: Duplex | undefined;
  #failure: Error | undefined;

  constructor(dial: () => Duplex) {
    this.#dial = dial;
  }

  /** Why the newest stream failed, in its own words. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  async request(method: string, path: string, headers: OutgoingHttpHeaders): Promise<ClientHttp2Stream> {
    if (this.#session === undefined || this.#session.closed || this.#session.destroyed) this.#session = this.#open();
    const call = this.#session.request({ ...headers, ':method': method, ':path': path });
    return Object.assign(call, { [Symbol.asyncIterator]: () => chunksOf(call) });
  }

  /** Part of the library's interface, for its keep-alive; a unix socket needs none. */
  notifyResponseByteRead(): void {}

  /** Ends calls that are under way; a later call would open a new session. */
  close(): void {
    this.#session?.destroy(new Error('the client was closed'), constants.NGHTTP2_CANCEL);
    this.#stream?.destroy();
  }

  #open(): ClientHttp2Session {
    this.#failure = undefined;
    const stream = (this.#stream = this.#dial());
    const session = connect(this.authority, { createConnection: () => stream });
    const fail = (error: Error): void => {
      if (this.#session === session) this.#failure ??= error;
    };
    // Calls hear of it through their own streams; without a listener the process would end.
    session.on('error', fail);
    session.on('close', () => stream.destroy());
    stream.on('error', fail);
    stream.on('close', () => session.destroy(this.#failure ?? new Error('the stream was closed'), constants.NGHTTP2_CANCEL));
    return session;
  }
}

/**
 * What a call is answered, in place of its own iterator: that of Node.js 24.22 ends with "Premature close" on some calls whose
 * stream has ended, and then closed, over a stream that is no socket. What failed is reported by the stream's other events.
 */
async function* chunksOf(call: ClientHttp2Stream): AsyncGenerator<unknown, undefined> {
  if (call.destroyed) return;
  for await (const [chunk] of on(call, 'data', { close: ['end', 'close'] })) yield chunk;
}
