import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { Leftover } from './leftover.ts';

/** Containers and volumes that carry the label of our leases, as the daemon itself lists them; none where there is no daemon. */
export async function containers(socketPath: string): Promise<Leftover[]> {
  const filter = encodeURIComponent(JSON.stringify({ label: ['podproof.token'] }));
  const ask = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, path }, (response) => void json(response).then(resolve, reject));
      asked.setTimeout(10_000, () => asked.destroy(new Error(`${socketPath} does not answer`)));
      // Without a daemon, or without the right to ask it, none of these containers is ours.
      asked.on('error', (error: NodeJS.ErrnoException) =>
        ['ENOENT', 'ECONNREFUSED', 'EACCES'].includes(error.code ?? '') ? resolve(undefined) : reject(error),
      );
      asked.end();
    });
  const [list, volumes] = await Promise.all([ask(`/containers/json?all=1&filters=${filter}`), ask(`/volumes?filters=${filter}`)]);
  return [
    ...(Containers.safeParse(list).data ?? []).map(({ Id }): Leftover => ({
      kind: 'container',
      what: `container ${Id.slice(0, 12)}`,
    })),
    ...(Volumes.safeParse(volumes).data?.Volumes ?? []).map(({ Name }): Leftover => ({
      kind: 'container',
      what: `volume ${Name}`,
    })),
  ];
}

const Containers = z.array(z.object({ Id: z.string() }));
const Volumes = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() });
