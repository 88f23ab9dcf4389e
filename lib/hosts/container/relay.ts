import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Container } from './runtime.ts';

/**
 * A unix socket on which each connection is an sshd in the container, on the standard streams of an exec: no network, and it does
 * not matter where the daemon runs.
 */
export async function relayToContainer(container: Container, socketPath: string, logFile: string): Promise<AsyncDisposable> {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    serve(socket).catch((error: unknown) => {
      log.write(`${String(error)}\n`);
      socket.destroy();
    });
  });

  async function serve(socket: Socket): Promise<void> {
    const exec = await container.exec({
      Cmd: ['/usr/sbin/sshd', '-i', '-e'],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
    });
    const stream = await exec.start({ hijack: true, stdin: true });
    container.modem.demuxStream(stream, socket, log);
    stream.on('error', () => socket.destroy());
    stream.once('end', () => socket.end());
    socket.once('close', () => stream.destroy());
    socket.pipe(stream);
  }

  server.listen(socketPath);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      log.end();
    },
  };
}
