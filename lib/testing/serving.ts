import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { listen } from '../util/listen.ts';
import { craftTar } from './artifacts.ts';

/** An archive with one program of 100 kB. */
export const archive = gzipSync(craftTar([{ path: 'bin/containerd', content: `#!/bin/sh\n${'x'.repeat(100_000)}` }]), {
  level: 0,
});
export const sha256 = createHash('sha256').update(archive).digest('hex');

/** A server on the loopback that answers with `handle` and remembers what it was asked for. */
export async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    handle(request, response);
  });
  const listening = await listen(server);
  return { ...listening, url: `http://127.0.0.1:${listening.port}/r/x.tar.gz`, asked };
}

/** Serves the archive and its checksum, with ranges. */
export function honest(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.endsWith('.sha256sum')) return void response.end(`${sha256}  x.tar.gz\n`);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': archive.length - from });
  response.end(archive.subarray(from));
}
