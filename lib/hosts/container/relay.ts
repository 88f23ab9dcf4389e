import { createWriteStream } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { listen } from '../../util/listen.ts';
import type { Container } from './runtime.ts';

/**
 * A unix socket on which each connection is an sshd in the container, on the standard streams of an exec: no network, and it does
 * not matter where the daemon runs.
 */
export async function relayToContainer(container: Container, socketPath: string, logFile: string): Promise<AsyncDisposable> {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
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

  const listening = await listen(server, socketPath);
  return {
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      log.end();
    },
  };
}
