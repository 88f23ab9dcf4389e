import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

/**
 * Makes a server of any protocol listen on a unix socket, or without one on a free port of this machine's loopback. Disposing it cuts
 * every connection; a peer that resets its own is no trouble of ours.
 */
export async function listen(server: Server, socket?: string): Promise<{ port: number } & AsyncDisposable> {
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection.on('error', () => undefined).on('close', () => connections.delete(connection)));
  });
  if (socket === undefined) server.listen(0, '127.0.0.1');
  else server.listen(socket);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
