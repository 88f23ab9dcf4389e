import { Code, ConnectError, createClient, type Client, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { Duplex } from 'node:stream';
import type { CallTiming } from '../record/observation.ts';
import { timeoutFactor } from '../util/wait.ts';
import { criError, CriError } from './error.ts';
import { ImageService, RuntimeService } from './gen/cri_pb.js';

export type CriApi = 'v1' | 'v1alpha2';

export interface CriClientOptions {
  /** Opens a byte stream to the engine's socket; called again after the connection was lost. */
  dial: () => Duplex;
  /** Default: v1. */
  api?: CriApi;
  /** Hears of every call once it ended. */
  onCall?: (timing: CallTiming) => void;
  /** Milliseconds since the run started. Default: since this process started. */
  clock?: () => number;
}

/**
 * Typed calls to one engine. Every call has a deadline (`timeoutMs` overrides it), takes a `signal` and is timed.
 * A call throws CriError, CriConnectionError, or the reason of the aborted signal.
 */
export interface CriClient extends AsyncDisposable {
  readonly api: CriApi;
  readonly runtime: Client<typeof RuntimeService>;
  readonly images: Client<typeof ImageService>;
}

/** Milliseconds before timeoutFactor. A Kata sandbox boots a machine; the rest are look-ups. */
const deadlines: Record<string, number> = {
  RunPodSandbox: 60_000,
  StopPodSandbox: 60_000,
  RemovePodSandbox: 60_000,
  CreateContainer: 60_000,
  StartContainer: 60_000,
  StopContainer: 60_000,
  RemoveContainer: 60_000,
  ExecSync: 60_000,
  PullImage: 60_000,
};
const lookUpDeadline = 20_000;

const authority = 'http://localhost';

/** A client over whatever byte stream reaches the engine's socket. Connects with the first call. */
export function criClient(options: CriClientOptions): CriClient {
  const api = options.api ?? 'v1';
  let stream: Duplex | undefined;
  let broken: Error | undefined;
  const createConnection = (): Duplex => (stream = dialQuietly(options.dial, (error) => (broken = error)));
  const session = new Http2SessionManager(authority, {}, { createConnection });
  const transport = createGrpcTransport({
    baseUrl: authority,
    sessionManager: session,
    acceptCompression: [],
    readMaxBytes: 32 * 1024 * 1024,
    // Both API versions have the same messages and field numbers; only the package in the path differs.
    interceptors: [(next) => (request) => next({ ...request, url: request.url.replace('/runtime.v1.', `/runtime.${api}.`) })],
  });
  const watched = watch(transport, options, () => broken);
  return {
    api,
    runtime: createClient(RuntimeService, watched),
    images: createClient(ImageService, watched),
    async [Symbol.asyncDispose]() {
      session.abort();
      stream?.destroy();
    },
  };
}

/**
 * The API version that the engine serves: v1 where it can, else v1alpha2 (containerd before 1.6, CRI-O before 1.20).
 * Throws what the call threw when the engine serves neither or does not answer.
 */
export async function negotiate(dial: () => Duplex, signal?: AbortSignal): Promise<CriApi> {
  for (const api of ['v1', 'v1alpha2'] as const) {
    await using client = criClient({ dial, api });
    try {
      await client.runtime.version({}, signal === undefined ? {} : { signal });
      return api;
    } catch (error) {
      const unknown = error instanceof CriError && error.code === 'UNIMPLEMENTED' && /unknown service/.test(error.raw);
      if (!unknown || api === 'v1alpha2') throw error;
    }
  }
  throw new Error('unreachable');
}

/**
 * A stream that closes instead of failing: an error that reaches an HTTP/2 session outside of a call is emitted on the
 * session, where nobody listens, and would end the process. `broken` hears of it.
 */
function dialQuietly(dial: () => Duplex, broken: (error: Error) => void): Duplex {
  const stream = dial();
  const quiet = new Duplex({
    read: () => void stream.resume(),
    write: (chunk: Buffer, _, done) => void (stream.write(chunk) ? done() : stream.once('drain', done)),
    final: (done) => void stream.end(done),
    destroy: (_, done) => {
      stream.destroy();
      done(null);
    },
  });
  stream
    .on('data', (chunk: Buffer) => void (quiet.push(chunk) || stream.pause()))
    .on('end', () => void quiet.push(null))
    .on('error', broken)
    .on('close', () => void quiet.destroy());
  return quiet;
}

/** Gives every call its deadline, times it, and sorts its failure. */
function watch(transport: Transport, options: CriClientOptions, broken: () => Error | undefined): Transport {
  const clock = options.clock ?? (() => performance.now());
  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const call = method.name;
      const timeout = timeoutMs ?? Math.round((deadlines[call] ?? lookUpDeadline) * timeoutFactor);
      const start = clock();
      const report = (error?: { code: string; message: string }): void => {
        const timing = { call, startMs: Math.round(start), durationMs: Math.round(clock() - start) };
        options.onCall?.(error === undefined ? timing : { ...timing, error });
      };
      try {
        const response = await transport.unary(method, signal, timeout, header, input, contextValues);
        report();
        return response;
      } catch (thrown) {
        if (signal?.aborted) {
          report({ code: 'CANCELLED', message: 'the caller gave up' });
          throw signal.reason;
        }
        const error = criError(call, thrown, timeout, broken());
        report(
          error instanceof CriError ? { code: error.code, message: error.raw } : { code: 'UNAVAILABLE', message: error.message },
        );
        throw error;
      }
    },
    stream() {
      throw new ConnectError('CRI as podproof uses it has no streams', Code.Unimplemented);
    },
  };
}
