import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect } from './inspect.ts';

const signal = new AbortController().signal;
const dial = { dial: connect };
const server = createServer((request, response) => {
  if (request.url === '/config') response.end('[crio]\n');
  else response.writeHead(404).end('no such page');
});
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podproof-inspect-'));
  await new Promise<void>((resolve) => server.listen(join(directory, 's'), resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

describe('inspect', () => {
  it('reads what the socket answers to a GET', async () => {
    expect(await inspect(dial, join(directory, 's'), '/config', signal)).toBe('[crio]\n');
  });

  it('says what was answered instead', async () => {
    await expect(inspect(dial, join(directory, 's'), '/other', signal)).rejects.toThrow(
      /Cannot read \/other .*404: no such page/,
    );
  });

  it('fails when nothing listens', async () => {
    await expect(inspect(dial, join(directory, 'absent'), '/config', signal)).rejects.toThrow(/ENOENT/);
  });

  it('gives up when the caller does', async () => {
    const reason = new Error('the run was interrupted');
    await expect(inspect(dial, join(directory, 's'), '/config', AbortSignal.abort(reason))).rejects.toThrow(
      /aborted|interrupted/,
    );
  });
});
