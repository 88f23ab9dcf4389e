import type { HandlerContext, Interceptor, ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { CriApi } from '../../cri/client.ts';
import { ImageService, RuntimeService } from '../../cri/gen/cri_pb.js';
import { listen } from '../../util/listen.ts';
import { FakeEngine } from './engine.ts';

export interface FakeCriOptions {
  /** Versions of the API that it serves. Default: v1 only. */
  apis?: readonly CriApi[];
  /** Replaces single answers: return a response, throw a ConnectError, await `hang(context)` or a delay of your own. */
  runtime?: Partial<ServiceImpl<typeof RuntimeService>>;
  images?: Partial<ServiceImpl<typeof ImageService>>;
  /** Where it listens. Default: below a directory of its own. */
  socket?: string;
  /** It listens on a free port of the loopback, and on no socket. */
  onPort?: boolean;
  /** Awaited before every call. */
  before?: (call: { name: string; signal: AbortSignal }) => Promise<void>;
}

/** A CRI server on a unix socket that speaks real gRPC, with a small engine behind it. */
export interface FakeCri extends AsyncDisposable {
  readonly socket: string;
  readonly port: number;
  readonly engine: FakeEngine;
  /** Every call that arrived, in order. */
  readonly calls: Array<{ call: string; request: unknown; contentType: string | null; deadlineMs: number | undefined }>;
  dial: () => Duplex;
  /** Cuts every connection, as an engine that is killed does. */
  reset(): void;
  /** Writes bytes into every connection that are no answer to anything. */
  garble(bytes: Uint8Array): void;
}

/** Never answers; ends when the caller gives up. */
export function hang(context: Pick<HandlerContext, 'signal'>): Promise<never> {
  return new Promise((_, reject) =>
    context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true }),
  );
}

export async function fakeCri(options: FakeCriOptions = {}): Promise<FakeCri> {
  const apis = options.apis ?? ['v1'];
  const directory = options.socket === undefined ? await mkdtemp(join(tmpdir(), 'podproof-cri-')) : undefined;
  const socket = options.socket ?? join(directory ?? '', 's');
  const engine = new FakeEngine();
  const calls: FakeCri['calls'] = [];
  const connections = new Set<Socket>();

  const record: Interceptor = (next) => async (request) => {
    const timeout = request.header.get('grpc-timeout');
    const deadlineMs = timeout === null ? undefined : Number.parseInt(timeout, 10);
    if (!request.stream) {
      calls.push({
        call: request.method.name,
        request: request.message,
        contentType: request.header.get('content-type'),
        deadlineMs,
      });
    }
    await options.before?.({ name: request.method.name, signal: request.signal });
    return next(request);
  };
  const handler = connectNodeAdapter({
    interceptors: [record],
    routes(router) {
      router.service(RuntimeService, { ...engine.runtime, ...options.runtime });
      router.service(ImageService, { ...engine.imageService, ...options.images });
    },
  });
  const server = createServer((request: Http2ServerRequest, response: Http2ServerResponse) => {
    // As CRI-O does, whose multiplexer takes no other content type for gRPC.
    if (request.headers['content-type'] !== 'application/grpc') return request.stream.session?.destroy();
    const [, api, service] = /^\/runtime\.(\w+)\.(\w+)\//.exec(request.url) ?? [];
    if (!apis.some((served) => served === api)) return refuse(response, `unknown service runtime.${api}.${service}`);
    if (insisted.test(request.url)) return answerEmpty(response);
    request.url = request.url.replace(`/runtime.${api}.`, '/runtime.v1.');
    handler(request, response);
  });
  server.on('connection', (connection: Socket) => {
    connections.add(connection.on('close', () => connections.delete(connection)));
  });
  const listening = await listen(server, options.onPort === true ? undefined : socket);

  const reset = (): void => connections.forEach((connection) => connection.destroy());
  return {
    socket,
    port: listening.port,
    engine,
    calls,
    dial: () => connect(socket),
    reset,
    garble: (bytes) => connections.forEach((connection) => connection.write(bytes)),
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Calls that podproof's part of the CRI has no messages for, and whose answer a kubelet insists on. */
const insisted = /\/(ImageFsInfo|ListPodSandboxStats|ListContainerStats|UpdateRuntimeConfig)$/;

/** A message without a field. */
function answerEmpty(response: Http2ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/grpc' });
  response.addTrailers({ 'grpc-status': '0' });
  response.end(Buffer.alloc(5));
}

/** As gRPC-Go refuses a service that it does not have: a status without a body. */
function refuse(response: Http2ServerResponse, message: string): void {
  response.writeHead(200, {
    'content-type': 'application/grpc',
    'grpc-status': '12',
    'grpc-message': encodeURIComponent(message),
  });
  response.end();
}
