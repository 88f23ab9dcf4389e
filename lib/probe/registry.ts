import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { listen } from '../util/listen.ts';
import { descriptor, type Blob, type OciImage, type StoredBlob } from './image/oci.ts';

/** How an engine names an image: `localhost:5000/podproof/probe:1`. `port` is the registry's as the engine's host sees it. */
export function imageReference(image: OciImage, port: number): string {
  return `localhost:${port}/${image.name}`;
}

type Content = Blob | StoredBlob;

/** Serves the images read-only, as the OCI distribution specification has it, on a free port of 127.0.0.1; disposing ends all of it. */
export async function serveImages(images: readonly OciImage[]): Promise<{ port: number } & AsyncDisposable> {
  const contents = new Map<string, Content>();
  for (const { name, manifest, config, layer, below = [] } of images) {
    const [repository = '', tag = ''] = name.split(':');
    for (const reference of [tag, manifest.digest]) contents.set(`/v2/${repository}/manifests/${reference}`, manifest);
    for (const blob of [config, layer, ...below]) {
      contents.set(`/v2/${repository}/blobs/${blob.digest}`, { ...blob, mediaType: 'application/octet-stream' });
    }
  }
  return listen(createServer((request, response) => answer(contents, request, response)));
}

function answer(contents: ReadonlyMap<string, Content>, request: IncomingMessage, response: ServerResponse): void {
  // containerd appends the query ?ns=… when it asks a mirror.
  const [path = ''] = (request.url ?? '').split('?');
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'UNSUPPORTED', 'this registry is read-only');
  if (path === '/v2/' || path === '/v2') return send(response, 200, 'application/json', Buffer.from('{}'));
  const content = contents.get(path);
  if (!content) {
    return refuse(
      response,
      404,
      path.includes('/manifests/') ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN',
      `this registry does not have ${path}`,
    );
  }

  response.setHeader('Docker-Content-Digest', content.digest);
  response.setHeader('Accept-Ranges', 'bytes');
  const { size } = descriptor(content);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) return sendPart(response, 200, content, 0, size - 1);
  const start = Number(range[1]);
  const end = range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  if (start > end) {
    response.setHeader('Content-Range', `bytes */${size}`);
    return refuse(response, 416, 'RANGE_INVALID', `the content has ${size} bytes`);
  }
  response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  sendPart(response, 206, content, start, end);
}

/** Bytes `start` to `end` of a content; of a file as the engine takes them. */
function sendPart(response: ServerResponse, status: number, content: Content, start: number, end: number): void {
  if ('bytes' in content) return send(response, status, content.mediaType, content.bytes.subarray(start, end + 1));
  response.writeHead(status, { 'Content-Type': content.mediaType, 'Content-Length': end - start + 1 });
  if (response.req.method === 'HEAD' || end < start) return void response.end();
  // An engine that goes away, or a file that does, ends this answer and nothing else.
  pipeline(createReadStream(content.file, { start, end }), response, () => undefined);
}

/** Node leaves the body out of an answer to HEAD and keeps its length. */
function send(response: ServerResponse, status: number, mediaType: string, bytes: Uint8Array): void {
  response.writeHead(status, { 'Content-Type': mediaType, 'Content-Length': bytes.length });
  response.end(bytes);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, 'application/json', Buffer.from(JSON.stringify({ errors: [{ code, message }] })));
}
