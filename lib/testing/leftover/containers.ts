import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { leftovers, type Leftover } from './leftover.ts';

/** Containers and volumes that carry the label of our leases, as the daemon itself lists them; none where there is no daemon. */
export async function containers(socketPath: string): Promise<Leftover[]> {
  const filter = encodeURIComponent(JSON.stringify({ label: ['podproof.token'] }));
  const ask = (path: string): Promise<unknown> =>
    askDaemon(socketPath, path).catch((error: NodeJS.ErrnoException) => {
      // Without a daemon, or without the right to ask it, none of these containers is ours.
      if (!['ENOENT', 'ECONNREFUSED', 'EACCES'].includes(error.code ?? '')) throw error;
    });
  const [list, volumes] = await Promise.all([ask(`/containers/json?all=1&filters=${filter}`), ask(`/volumes?filters=${filter}`)]);
  const ids = (Containers.safeParse(list).data ?? []).map(({ Id }) => `container ${Id.slice(0, 12)}`);
  const kept = (Volumes.safeParse(volumes).data?.Volumes ?? []).map(({ Name }) => `volume ${Name}`);
  return leftovers('container', [...ids, ...kept]);
}

const Containers = z.array(z.object({ Id: z.string() }));
const Volumes = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() });

/** GET of a container daemon's API. */
export function askDaemon(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath, path, headers: { host: 'docker' } },
      (response) => void json(response).then(resolve, reject),
    );
    asked.setTimeout(10_000, () => asked.destroy(new Error(`${socketPath} does not answer`)));
    asked.on('error', reject);
    asked.end();
  });
}
