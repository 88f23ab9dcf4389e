import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NoLoginError, openSshTo } from './login.ts';

/** A machine whose port is answered so, and how logging in to it ends. */
async function login(answer: ((socket: Socket) => void) | 'closed', ended?: string): Promise<Error> {
  const directory = await mkdtemp(join(tmpdir(), 'pp-'));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (answer !== 'closed') answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (answer === 'closed') await new Promise((resolve) => server.close(resolve));
  await mkdir(join(directory, 'logs'));
  await writeFile(join(directory, 'console'), 'Starting ssh.service...\n[FAILED] Failed to start ssh.service\u001b[0m\r\n');
  const machine = {
    sshPort: port,
    sockets: directory,
    token: 'podproof-0123456789ab',
    console: join(directory, 'console'),
    child: {
      pid: 1,
      ended: new Promise<string>(() => undefined),
      assertRunning: () => {
        if (ended !== undefined) throw new Error(ended);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
  const receipt = { started: () => Promise.resolve(), done: () => Promise.resolve() };
  const context = {
    ledger: { run: 'unit', record: () => Promise.resolve(receipt) },
    logs: join(directory, 'logs'),
    signal: new AbortController().signal,
  };
  const image = { identityFile: join(directory, 'identity'), knownHosts: join(directory, 'known_hosts') };
  try {
    await using ssh = await openSshTo(machine, image, context, 400);
    throw new Error(`it logged in by ${ssh.connection.prefix.join(' ')}`);
  } catch (error) {
    return error as Error;
  } finally {
    server.close();
    await rm(directory, { recursive: true });
  }
}

const console = /; its console ends: Starting ssh\.service\.\.\. \| \[FAILED\] Failed to start ssh\.service$/;

test('a machine whose sshd refuses is given up at its deadline, with the last words of its console', async () => {
  const error = await login('closed');
  expect(error).toBeInstanceOf(NoLoginError);
  expect(error.message).toMatch(/^Cannot reach sshd on the host within \d s: port \d+ refused; /);
  expect(error.message).toMatch(console);
});

test('one that closes every connection without a word is reported as such', async () => {
  const error = await login((socket) => socket.end());
  expect(error).toBeInstanceOf(NoLoginError);
  expect(error.message).toMatch(/port \d+ closed without a greeting/);
});

test('one that greets and then hangs up is reported in the words of ssh', async () => {
  const error = await login((socket) => socket.end('SSH-2.0-broken\r\n'));
  expect(error).toBeInstanceOf(NoLoginError);
  expect(error.message).toMatch(/^ssh ended \(exit code 255\): .*(closed by|reset by|aborted)/i);
  expect(error.message).toMatch(console);
});

test('a machine that ended is another matter: it may be started once more', async () => {
  const error = await login('closed', 'qemu-system-x86_64 ended (exit code 1): no memory');
  expect(error).not.toBeInstanceOf(NoLoginError);
  expect(error.message).toMatch(/^qemu-system-x86_64 ended \(exit code 1\): no memory; its console ends: /);
});
