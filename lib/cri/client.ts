import { Code, ConnectError, createClient, type Client, type Transport } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { Duplex } from 'node:stream';
import type { CallTiming } from '../model/cri-request.ts';
import { timeoutFactor } from '../util/wait.ts';
import { CriConnection } from './connection.ts';
import { criError, CriError } from './error.ts';
import { ImageService, RuntimeService } from './gen/cri_pb.js';

export type CriApi = 'v1' | 'v1alpha2';

export interface CriClientOptions {
  /**
   * Opens a byte stream to the engine's socket; called again after the connection was lost. Or a connection that several
   * clients share, which outlives them.
   */
  dial: (() => Duplex) | CriConnection;
  /** Default: v1. */
  api?: CriApi;
  /** Hears of every call once it ended. */
  onCall?: (timing: CallTiming) => void;
  /** Multiplies every deadline: a sandbox that boots a machine inside an emulated one takes its time. Default: 1. */
  patience?: number;
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

/** A client over whatever byte stream reaches the engine's socket. Connects with the first call. */
export function criClient(options: CriClientOptions): CriClient {
  const api = options.api ?? 'v1';
  const { dial } = options;
  const connection = dial instanceof CriConnection ? dial : new CriConnection(dial);
  const transport = createGrpcTransport({
    baseUrl: connection.authority,
    sessionManager: connection,
    acceptCompression: [],
    readMaxBytes: 32 * 1024 * 1024,
    interceptors: [
      (next) => (request) => {
        // CRI-O takes a connection for gRPC by this very header (cmd/crio/main.go, cmux), not with the transport's "+proto".
        request.header.set('content-type', 'application/grpc');
        // Both API versions have the same messages and field numbers; only the package in the path differs.
        return next({ ...request, url: request.url.replace('/runtime.v1.', `/runtime.${api}.`) });
      },
    ],
  });
  const watched = watch(transport, options, connection);
  return {
    api,
    runtime: createClient(RuntimeService, watched),
    images: createClient(ImageService, watched),
    async [Symbol.asyncDispose]() {
      if (connection !== dial) connection.close();
    },
  };
}

/**
 * The API version that the engine serves: v1 where it can, else v1alpha2 (containerd before 1.6, CRI-O before 1.20).
 * Throws what the call threw when the engine serves neither or does not answer.
 */
export async function negotiate(dial: () => Duplex, signal?: AbortSignal): Promise<CriApi> {
  const served = async (api: CriApi): Promise<CriApi> => {
    await using client = criClient({ dial, api });
    await client.runtime.version({}, signal === undefined ? {} : { signal });
    return api;
  };
  return served('v1').catch((error: unknown) => {
    const unknown = error instanceof CriError && error.code === 'UNIMPLEMENTED' && /unknown service/.test(error.raw);
    if (!unknown) throw error;
    return served('v1alpha2');
  });
}

/** Gives every call its deadline, times it, and sorts its failure. */
function watch(transport: Transport, options: CriClientOptions, connection: CriConnection): Transport {
  const clock = options.clock ?? (() => performance.now());
  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const call = method.name;
      const timeout = timeoutMs ?? Math.round((deadlines[call] ?? lookUpDeadline) * (options.patience ?? 1) * timeoutFactor);
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
        const error = criError(call, thrown, timeout, connection.failure);
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
