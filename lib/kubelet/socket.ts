import { startInstance, stopInstance } from '../engines/instance.ts';
import type { KubeletHost } from './host.ts';

/**
 * A unix socket on the host that leads to a TCP port of this machine's loopback: what podproof serves itself. `directory` is its
 * own: a process that works there is ended with the lease of a machine, also when nobody is left to dispose of this. Disposing ends it
 * and every connection.
 */
export async function serveOnHost(
  host: KubeletHost,
  { socket, port, directory, signal }: { socket: string; port: number; directory: string; signal: AbortSignal },
): Promise<AsyncDisposable> {
  const instance = { directory, socket, log: `${directory}/socat.log`, shimMark: socket };
  const there = await host.expose(port);
  await host.exec(['mkdir', '-p', directory, socket.slice(0, socket.lastIndexOf('/'))]);
  const served = { [Symbol.asyncDispose]: () => stopInstance(host, instance) };
  try {
    await startInstance(
      host,
      instance,
      ['env', '-C', directory, 'socat', `UNIX-LISTEN:${socket},fork,mode=0600`, `TCP:127.0.0.1:${there}`],
      { signal },
    );
    return served;
  } catch (error) {
    await served[Symbol.asyncDispose]();
    throw new Error(`Cannot serve ${socket} on the host`, { cause: error });
  }
}
