import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../util/listen.ts';

export interface FakeDockerd extends AsyncDisposable {
  /** For DOCKER_HOST. */
  address: string;
  /** `METHOD path`, in order, without version and query. */
  asked: string[];
  /** Tars that were imported, by the name that they got. */
  images: Map<string, Buffer>;
}

/** A container daemon on a unix socket that takes imported images and says which it has (Docker Engine API 1.41). */
export async function fakeDockerd(socket: string): Promise<FakeDockerd> {
  const asked: string[] = [];
  const images = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://docker');
    const path = url.pathname.replace(/^\/v[\d.]+/, '');
    asked.push(`${request.method} ${path}`);
    const say = (status: number, value: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
    const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
    if (path === '/info')
      say(200, { ServerVersion: '20.10.24', OperatingSystem: 'fake', OSType: 'linux', Architecture: 'x86_64' });
    else if (image !== undefined) {
      const has = images.has(decodeURIComponent(image));
      say(has ? 200 : 404, has ? { Id: 'sha256:0' } : { message: `No such image: ${image}` });
    } else if (path === '/images/create' && url.searchParams.get('fromSrc') === '-')
      void keep(request, url.searchParams.get('repo') ?? '').then(() => say(200, { status: 'sha256:0' }));
    else say(404, { message: 'page not found' });
  });
  async function keep(request: IncomingMessage, name: string): Promise<void> {
    images.set(name, await buffer(request));
  }
  return { ...(await listen(server, socket)), address: `unix://${socket}`, asked, images };
}
