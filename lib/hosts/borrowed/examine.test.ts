import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlockedError } from '../../util/errors.ts';
import { connectRemote } from '../shared/remote.ts';
import { assertDisposable, assertUsable, examine } from './examine.ts';

const here = connectRemote({ prefix: [], quoting: 'none' });
const id = '0123456789abcdef0123456789abcdef';
let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'podproof-root-'));
  await mkdir(join(root, 'etc'));
});
afterEach(() => rm(root, { recursive: true }));

async function judged(files: { machineId?: string; marker?: string }, declared = true): Promise<string> {
  if (files.machineId !== undefined) await writeFile(join(root, 'etc/machine-id'), files.machineId);
  if (files.marker !== undefined) await writeFile(join(root, 'etc/podproof-disposable'), files.marker);
  const answers = await examine(here, root);
  try {
    assertDisposable('host metal', declared, answers);
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(BlockedError);
    expect((error as BlockedError).remedy).toMatch(/\S/);
    return (error as BlockedError).message;
  }
}

test('a machine whose marker names it is accepted', async () => {
  expect(await judged({ machineId: `${id}\n`, marker: `${id}\n` })).toBe('accepted');
});

test('a machine without a marker is refused', async () => {
  expect(await judged({ machineId: `${id}\n` })).toBe(
    'Refused to use host metal: its owner has not marked it as disposable: it has no /etc/podproof-disposable',
  );
});

test('a marker that came with a copy of another machine is refused', async () => {
  expect(await judged({ machineId: `${id}\n`, marker: `${'f'.repeat(32)}\n` })).toContain('is for another machine');
});

test('a marker counts only where matrix.json says so too', async () => {
  expect(await judged({ machineId: `${id}\n`, marker: `${id}\n` }, false)).toContain(
    'matrix.json does not say that it is disposable',
  );
});

test.for(['', '\n', 'uninitialized\n', `${id}extra\n`])(
  'a machine with the id %j is refused, also when the marker says the same',
  async (machineId) => {
    expect(await judged({ machineId, marker: machineId })).toContain('it has no machine id');
  },
);

test.for([`${id}\nmachineId=${'f'.repeat(32)}\n`, `${id} and more\n`, `x${id}\n`, `${id}=\n`])(
  'a marker with more in it than the id is refused: %j',
  async (marker) => {
    expect(await judged({ machineId: `${id}\n`, marker })).toContain('is for another machine');
  },
);

test('no environment variable changes the answer', async () => {
  const names = ['PODPROOF_DISPOSABLE', 'PODPROOF_FORCE', 'CI', 'FORCE'];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = '1';
  expect(await judged({ machineId: `${id}\n` })).toContain('has not marked it');
  names.forEach((name, index) => (before[index] === undefined ? delete process.env[name] : (process.env[name] = before[index])));
});

test('a user that is not root, and commands that are not there, are named with what helps', () => {
  expect(() => assertUsable('host metal', { uid: '1000', missing: '' })).toThrow(/user 1000 there, and engines need root/);
  expect(() => assertUsable('host metal', { uid: '0', missing: ' socat busybox' })).toThrow(/it has no socat, busybox/);
  expect(() => assertUsable('host metal', { uid: '0', missing: '' })).not.toThrow();
});
