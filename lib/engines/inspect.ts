import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Remote } from '../hosts/host.ts';
import { withDeadline } from '../util/wait.ts';

/** What an engine answers to GET `path` on its own socket. Throws an Error when it answers something else than 200 in 30 s. */
export async function inspect(remote: Pick<Remote, 'dial'>, socket: string, path: string, signal: AbortSignal): Promise<string> {
  return withDeadline({ name: `read ${path} of ${socket}`, timeoutMs: 30_000, signal }, (deadline) => {
    return new Promise((resolve, reject) => {
      request({ host: 'localhost', path, signal: deadline, createConnection: () => remote.dial(socket) }, (response) => {
        text(response).then((body) => {
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(`Cannot read ${path} of ${socket}: it answers ${response.statusCode}: ${body.slice(0, 200)}`));
        }, reject);
      })
        .on('error', reject)
        .end();
    });
  });
}
