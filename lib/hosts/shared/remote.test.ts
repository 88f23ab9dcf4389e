import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exec } from '../../util/exec.ts';
import { connectRemote } from './remote.ts';

/** `sh -c` takes one line as ssh does at the other end. */
const shell = connectRemote({ prefix: ['sh', '-c'], quoting: 'posix' });
const plain = connectRemote({ prefix: [], quoting: 'none' });
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'remote-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('any argv arrives as it was given', async () => {
  const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (words) => {
      const { stdout } = await shell.exec(['printf', '%s\\n', '--', ...words]);
      expect(stdout).toBe(['--', ...words].map((text) => `${text}\n`).join(''));
    }),
    { numRuns: 25 },
  );
});

test.for([shell, plain])('a failure is a value that names the command on the host', async (remote) => {
  const result = await remote.exec(['sh', '-c', 'echo no >&2; exit 3']);
  expect(result).toMatchObject({ exitCode: 3, stderr: 'no\n', argv: ['sh', '-c', 'echo no >&2; exit 3'] });
  expect(result.failure).toBe("Command failed with exit code 3: sh -c 'echo no >&2; exit 3'");
});

test('directory and environment are those of the host', async () => {
  const result = await shell.exec(['sh', '-c', 'echo "$PWD $GREETING"'], { cwd: directory, env: { GREETING: 'it is' } });
  expect(result.stdout).toBe(`${directory} it is\n`);
});

test.for([shell, plain])('a file is written with its parents, content and mode', async (remote) => {
  const path = join(directory, "it's", 'a b', '-c');
  const content = Uint8Array.from({ length: 256 }, (_, i) => i);
  await remote.write(path, content, 0o640);
  expect(new Uint8Array(await readFile(path))).toEqual(content);
  expect((await stat(path)).mode & 0o7777).toBe(0o640);
  await expect(remote.write('/proc/nope/x', '')).rejects.toThrow('Cannot run');
});

test('a stream to a socket carries bytes both ways', async (context) => {
  if ((await exec(['socat', '-V'])).exitCode !== 0) context.skip('socat is not installed here');
  const path = join(directory, 'a,b:c');
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const stream = shell.dial(path);
  stream.write('ping');
  const [chunk] = await new Promise<[Buffer]>((resolve) => stream.once('data', (data: Buffer) => resolve([data])));
  expect(chunk.toString()).toBe('ping');
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.destroy();
  await closed;
  server.close();
});

test('a stream ends when the other side does, with everything that was said', async () => {
  const echo = connectRemote({ prefix: ['sh', '-c', 'cat; echo bye', 'sh'], quoting: 'none' }).dial('/any');
  const sent = Buffer.alloc(3_000_000, 'x');
  echo.end(sent);
  let received = 0;
  for await (const chunk of echo) received += (chunk as Buffer).length;
  expect(received).toBe(sent.length + 'bye\n'.length);
});

test('a stream that cannot be opened says so as its error', async () => {
  const stream = connectRemote({ prefix: ['sh', '-c', 'echo "No such file" >&2; exit 1', 'sh'], quoting: 'none' }).dial('/nope');
  const error = await new Promise<Error>((resolve) => stream.once('error', resolve).resume());
  expect(error.message).toBe('No such file');
});

test('writers of one file at the same time all succeed, and leave it whole and alone', async () => {
  const path = join(directory, 'shared');
  await Promise.all(Array.from({ length: 12 }, (_, writer) => plain.write(path, `${writer}\n`.repeat(5_000))));
  expect(new Set((await readFile(path, 'utf8')).trimEnd().split('\n')).size).toBe(1);
  expect(await readdir(directory)).toEqual(['shared']);
});
