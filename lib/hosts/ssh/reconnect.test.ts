import { expect, test } from 'vitest';
import { keepConnected } from './reconnect.ts';
import type { Ssh } from './control-master.ts';

/** Connections that end when the test says so; each remembers the ports that were forwarded through it. */
function line(): {
  open: () => Promise<Ssh>;
  cut: (why: string) => void;
  forwarded: string[];
  closed: () => number;
  refuse: { next: number };
} {
  const ends: Array<(why: string) => void> = [];
  const forwarded: string[] = [];
  const refuse = { next: 0 };
  let closed = 0;
  return {
    forwarded,
    refuse,
    closed: () => closed,
    cut: (why) => ends.at(-1)?.(why),
    async open() {
      if (refuse.next > 0) {
        refuse.next--;
        throw new Error('connection refused');
      }
      const number = ends.length;
      const ended = new Promise<string>((resolve) => ends.push(resolve));
      return {
        connection: { prefix: ['ssh'], quoting: 'posix' },
        ended,
        async forward(port, there = 4_000 + port) {
          forwarded.push(`${number}: ${port} at ${there}`);
          return there;
        },
        async [Symbol.asyncDispose]() {
          closed++;
        },
      };
    },
  };
}

test('a connection that was cut is made again, with the same port on the host, though the first tries are refused', async () => {
  const { open, cut, forwarded, refuse } = line();
  const said: string[] = [];
  const kept = await keepConnected(open, { signal: new AbortController().signal, progress: (text) => said.push(text) });
  expect(await kept.forward(7)).toBe(4_007);
  refuse.next = 2;
  cut('killed by SIGKILL');
  await new Promise(setImmediate);
  await kept.connected();
  expect(forwarded).toEqual(['0: 7 at 4007', '1: 7 at 4007']);
  expect(said).toEqual(['the connection was lost (killed by SIGKILL); connecting again']);
  await kept[Symbol.asyncDispose]();
});

test('the end of the lease is no loss', async () => {
  const { open, cut, closed } = line();
  const said: string[] = [];
  const kept = await keepConnected(open, { signal: new AbortController().signal, progress: (text) => said.push(text) });
  await kept[Symbol.asyncDispose]();
  cut('killed by SIGKILL');
  await new Promise(setImmediate);
  expect(said).toEqual([]);
  expect(closed()).toBe(1);
});

test('a run that is interrupted while it connects again does not wait on', async () => {
  const { open, cut, refuse } = line();
  const interrupt = new AbortController();
  const kept = await keepConnected(open, { signal: interrupt.signal, progress: () => undefined });
  refuse.next = 1_000;
  cut('gone');
  await new Promise(setImmediate);
  interrupt.abort();
  await expect(kept.connected()).rejects.toThrow(/abort/i);
  await kept[Symbol.asyncDispose]();
});
