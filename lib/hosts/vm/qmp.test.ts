import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Qmp } from './qmp.ts';

let directory = '';
let server: Server;
let peer: Promise<Socket>;
const signal = new AbortController().signal;
const fine = (): void => undefined;

/** Answers qmp_capabilities and `hello`, refuses `bad`, and says nothing else. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'qmp-test-'));
  peer = new Promise((resolve) => {
    server = createServer((socket) => {
      let said = Promise.resolve();
      // In two pieces, as a stream may deliver it.
      const say = (text: string): void => {
        said = said.then(async () => {
          socket.write(text.slice(0, 7));
          await setImmediate();
          socket.write(text.slice(7));
        });
      };
      say('{"QMP": {"version": {}}}\r\n');
      socket.on('error', fine).on('data', (data) => {
        for (const line of data.toString().trim().split('\n')) {
          const { execute, id } = JSON.parse(line);
          const answer =
            execute === 'bad' ? { error: { class: 'GenericError', desc: 'no such node' } } : { return: { said: execute } };
          if (execute !== 'silent') say(`${JSON.stringify({ id, ...answer })}\r\n`);
        }
      });
      resolve(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(join(directory, 'qmp'), resolve));
});
afterEach(async () => {
  (await peer).destroy();
  server.close();
  await rm(directory, { recursive: true });
});

test('a command gets its own answer, also when answers come in pieces', async () => {
  const qmp = await Qmp.connect(join(directory, 'qmp'), fine, signal);
  expect(await Promise.all([qmp.command('one'), qmp.command('two')])).toEqual([{ said: 'one' }, { said: 'two' }]);
  qmp.close();
});

test("a refused command rejects with QEMU's own words", async () => {
  const qmp = await Qmp.connect(join(directory, 'qmp'), fine, signal);
  await expect(qmp.command('bad')).rejects.toThrow('Cannot run bad: no such node');
  qmp.close();
});

test('an awaited event passes by the others', async () => {
  const qmp = await Qmp.connect(join(directory, 'qmp'), fine, signal);
  const event = qmp.event('see STOP', ({ event: name }) => name === 'STOP', 5_000);
  (await peer).write('{"event": "RESUME"}\r\nnot json\r\n{"event": "STOP", "data": 1}\r\n');
  expect(await event).toMatchObject({ event: 'STOP', data: 1 });
  qmp.close();
});

test('when QEMU goes away, commands and awaited events reject at once', async () => {
  const qmp = await Qmp.connect(join(directory, 'qmp'), fine, signal);
  const command = qmp.command('silent');
  const event = qmp.event('see STOP', () => true, 5_000);
  const both = Promise.allSettled([command, event]);
  (await peer).destroy();
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(qmp.command('late')).rejects.toThrow('closed its control socket');
});

test('nobody waits for the socket of a QEMU that has ended', async () => {
  const ended = (): void => {
    throw new Error('QEMU ended: bad option');
  };
  await expect(Qmp.connect(join(directory, 'nothing'), ended, signal)).rejects.toThrow('bad option');
  await Qmp.connect(join(directory, 'qmp'), fine, signal).then((qmp) => qmp.close());
});
