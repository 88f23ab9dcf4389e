import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { createServer, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { createServer as createFront } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { listen } from '../util/listen.ts';
import { scoped } from '../util/scope.ts';
import { CriConnection } from '../cri/connection.ts';
import { codeName } from '../cri/error.ts';
import { withoutSlashes } from './authority.ts';
import {
  CreateContainerRequestSchema,
  RunPodSandboxRequestSchema,
  type CreateContainerRequest,
  type RunPodSandboxRequest,
} from '../cri/gen/cri_pb.js';

/** A request by which a kubelet makes something of a pod. */
export type PodRequest =
  | { call: 'RunPodSandbox'; message: RunPodSandboxRequest }
  | { call: 'CreateContainer'; message: CreateContainerRequest };

/** What an engine says to a request that it refuses, with the status as gRPC spells it. */
export interface Refusal {
  code: string;
  message: string;
}

export interface RelayOptions {
  /** How the kubelet names the engine, where it is a path and no name. */
  authority?: string | undefined;
  /** Opens a byte stream to the engine's socket. */
  dial: () => Duplex;
  /** Hears of every request by which a pod is made, as it goes on to the engine. */
  onRequest: (request: PodRequest) => void;
  /** Hears of every one of them that the engine refuses. */
  onRefused?: ((request: PodRequest, refusal: Refusal) => void) | undefined;
  /** Changes what the kubelet sent: for tests that sabotage. */
  tamper?: ((request: PodRequest) => void) | undefined;
}

/**
 * The engine as a kubelet sees it, on a port of this machine's loopback: every call goes through as it came, with trailers, and streams
 * of events as they come. Disposing it cuts every call under way.
 */
export async function openRelay(options: RelayOptions): Promise<{ port: number } & AsyncDisposable> {
  const engine = new CriConnection(options.dial);
  const server = createServer();
  server.on('stream', (stream, headers) => {
    pass(engine, stream, headers, options).catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  });
  return scoped(async (scope) => {
    scope.onRelease('the connection to the engine', () => engine.close());
    const { authority } = options;
    const front =
      authority === undefined
        ? server
        : createFront((connection) => void server.emit('connection', withoutSlashes(connection, authority)));
    const { port } = scope.adopt('the port of the kubelet', await listen(front));
    return { port };
  });
}

async function pass(
  engine: CriConnection,
  kubelet: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: RelayOptions,
): Promise<void> {
  kubelet.on('error', () => undefined);
  const path = headers[':path'] ?? '';
  const asked = isPodRequest(path) ? told(path, await buffer(kubelet), options) : undefined;
  const call = await engine.request('POST', path, withoutPseudo(headers));
  kubelet.on('close', () => call.close(constants.NGHTTP2_CANCEL));
  call.on('error', () => kubelet.close(constants.NGHTTP2_CANCEL));
  let trailers: IncomingHttpHeaders = {};
  const ended = (last: IncomingHttpHeaders): void => {
    const refusal = refusalIn(last);
    if (asked !== undefined && refusal !== undefined) options.onRefused?.(asked.request, refusal);
  };
  call.on('trailers', (last) => ended((trailers = last)));
  call.on('response', (answer, flags) => {
    ended(answer);
    const head = { ':status': answer[':status'] ?? 200, ...withoutPseudo(answer) };
    // A refusal has its status in the headers, and nothing comes after them.
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) return kubelet.respond(head, { endStream: true });
    kubelet.on('wantTrailers', () => kubelet.sendTrailers(trailers));
    kubelet.respond(head, { waitForTrailers: true });
    // Only what is closed has all its trailers; without them the kubelet calls the answer broken.
    call.pipe(kubelet, { end: false });
    call.on('close', () => kubelet.end());
  });
  if (asked === undefined) kubelet.pipe(call);
  else call.end(asked.body);
}

function isPodRequest(path: string): boolean {
  return path.endsWith('/RunPodSandbox') || path.endsWith('/CreateContainer');
}

/** Tells of a request; returns it with what goes on to the engine: the very bytes, where nobody tampers with them. */
function told(path: string, body: Buffer, { onRequest, tamper }: RelayOptions): { request: PodRequest; body: Buffer } {
  const request = decode(path, body);
  tamper?.(request);
  onRequest(request);
  if (tamper === undefined) return { request, body };
  const bytes =
    request.call === 'RunPodSandbox'
      ? toBinary(RunPodSandboxRequestSchema, request.message)
      : toBinary(CreateContainerRequestSchema, request.message);
  return { request, body: frame(bytes) };
}

/** The status of a call that failed, as gRPC has it behind the answer, or in its head where there is none. */
function refusalIn(headers: IncomingHttpHeaders): Refusal | undefined {
  const status = Number(headers['grpc-status'] ?? 0);
  if (status === 0 || !(status in Code)) return undefined;
  return { code: codeName(status), message: decodeURIComponent(String(headers['grpc-message'] ?? '')) };
}

function decode(path: string, body: Buffer): PodRequest {
  const bytes = message(body);
  return path.endsWith('/RunPodSandbox')
    ? { call: 'RunPodSandbox', message: fromBinary(RunPodSandboxRequestSchema, bytes) }
    : { call: 'CreateContainer', message: fromBinary(CreateContainerRequestSchema, bytes) };
}

/** The one message of a unary call: a flag, its length, itself (gRPC over HTTP/2, Length-Prefixed-Message). */
function message(body: Buffer): Buffer {
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5)
    throw new Error('Cannot read a request of the kubelet: it is not one message that is not compressed');
  return body.subarray(5);
}

function frame(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function withoutPseudo(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));
}
