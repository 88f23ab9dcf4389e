import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { announce, endKept, keptHosts } from './kept.ts';
import { openLedger, readLedger } from './ledger.ts';
import { identify } from './process-identity.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podproof-kept-'));
  vi.stubEnv('XDG_CACHE_HOME', directory).stubEnv('XDG_STATE_HOME', directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

async function keptBy(pid: number) {
  const owner = await identify(pid);
  if (owner === undefined) throw new Error(`process ${pid} is gone`);
  return {
    ...{ host: 'debian-13/a', run: 'r', owner, environment: {}, welcome: '' },
    connection: { prefix: [], quoting: 'none' as const },
  };
}

test('a kept host is on the ledger and known to others until it is given back', async () => {
  const kept = await keptBy(process.pid);
  const announced = await announce(kept, await openLedger('r'));
  expect(await keptHosts()).toEqual([kept]);
  expect(await readLedger()).toMatchObject([{ run: 'r', entry: { kind: 'path' } }]);
  await announced[Symbol.asyncDispose]();
  expect(await keptHosts()).toEqual([]);
  expect(await readLedger()).toEqual([]);
});

test('a host whose process is gone is kept by nobody, and one that is ended is waited for', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const kept = await keptBy(child.pid ?? 0);
  await announce(kept, await openLedger('r'));
  expect(await keptHosts()).toHaveLength(1);
  await endKept(kept);
  expect(await keptHosts()).toEqual([]);
});
