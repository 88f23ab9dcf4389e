import { spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheDirectory } from '../../util/paths.ts';
import { clean, mountPoints, removeOurs } from './clean.ts';
import { ledgerPath, openEntries, openLedger, readLedger } from './ledger.ts';
import { identify } from './process-identity.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ledger-test-'));
  vi.stubEnv('XDG_STATE_HOME', join(home, 'state'));
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
  vi.stubEnv('XDG_RUNTIME_DIR', join(home, 'run'));
  await mkdir(cacheDirectory(), { recursive: true });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const exists = (path: string): Promise<boolean> => stat(path).then(Boolean, () => false);

test('an entry is open until it is done', async () => {
  const ledger = await openLedger('run-1');
  const receipt = await ledger.record({ kind: 'path', path: join(cacheDirectory(), 'x') });
  expect(await readLedger()).toMatchObject([{ run: 'run-1', entry: { kind: 'path' }, owner: { pid: process.pid } }]);
  await receipt.done();
  expect(await readLedger()).toEqual([]);
});

test('a torn last line costs neither the lines before nor the line after', async () => {
  const ledger = await openLedger('run-1');
  await ledger.record({ kind: 'path', path: '/a' });
  await appendFile(ledgerPath(), '{"event":"created","id":"torn","ru');
  await ledger.record({ kind: 'path', path: '/b' });
  expect((await readLedger()).map(({ entry }) => entry)).toEqual([
    { kind: 'path', path: '/a' },
    { kind: 'path', path: '/b' },
  ]);
});

test('every entry that is not marked as done is read, whatever lines are between, and nothing else', () => {
  const line = (id: number): string =>
    JSON.stringify({
      ...{ event: 'created', id: `entry-${id}`, run: 'run-1', at: '', owner: { pid: 2, start: '1', boot: 'b' } },
      entry: { kind: 'path', path: `/${id}` },
    });
  const noise = fc.oneof(fc.string(), fc.json()).map((text) => text.replaceAll('\n', ' '));
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, fc.boolean()), { maxLength: 8 }), (pieces) => {
      const text = pieces.flatMap(([torn, done], id) => [
        torn,
        line(id),
        ...(done ? [JSON.stringify({ event: 'done', id: `entry-${id}` })] : []),
      ]);
      const open = pieces.flatMap(([, done], id) => (done ? [] : [`/${id}`]));
      expect(openEntries(text.join('\n')).map(({ entry }) => 'path' in entry && entry.path)).toEqual(open);
    }),
  );
});

test('clean leaves alone what belongs to a running podproof, unless it is told to take all', async () => {
  const path = join(cacheDirectory(), 'overlay');
  const ledger = await openLedger('run-1');
  await ledger.record({ kind: 'path', path });
  await writeFile(path, '');
  expect(await clean()).toMatchObject([{ outcome: 'in use by a running podproof' }]);
  expect(await exists(path)).toBe(true);
  expect(await clean({ all: true })).toMatchObject([{ outcome: 'removed' }]);
  expect(await exists(path)).toBe(false);
  expect(await clean({ all: true })).toEqual([]);
});

test('a dry run says what would be removed and removes nothing', async () => {
  const path = join(cacheDirectory(), 'overlay');
  const ledger = await openLedger('run-1');
  await ledger.record({ kind: 'path', path });
  await writeFile(path, '');
  expect(await clean({ all: true, dryRun: true })).toMatchObject([{ outcome: 'would be removed' }]);
  expect(await exists(path)).toBe(true);
});

test('clean refuses a path outside our directories, also through a link, and keeps the entry', async () => {
  const precious = join(home, 'precious');
  await mkdir(precious);
  await symlink(precious, join(cacheDirectory(), 'link'));
  await writeFile(join(precious, 'file'), '');
  const ledger = await openLedger('run-1');
  await ledger.record({ kind: 'path', path: join(cacheDirectory(), 'link', 'file') });
  await ledger.record({ kind: 'path', path: cacheDirectory() });
  expect(await clean({ all: true })).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);
  expect(await exists(join(precious, 'file'))).toBe(true);
  expect(await readLedger()).toHaveLength(2);
  await removeOurs(join(cacheDirectory(), 'link'));
  expect(await exists(join(precious, 'file'))).toBe(true);
});

test('clean removes what was created where the environment named other directories', async () => {
  const ledger = await openLedger('run-1');
  const path = join(cacheDirectory(), 'overlay');
  await ledger.record({ kind: 'path', path });
  await writeFile(path, '');
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'another-cache'));
  expect(await clean({ all: true })).toMatchObject([{ outcome: 'removed' }]);
  expect(await exists(path)).toBe(false);
  expect(await readLedger()).toEqual([]);
});

test('clean ends a process by its pid, and one whose pid was never written down by its token', async () => {
  const ledger = await openLedger('run-1');
  const start = (token: string): ReturnType<typeof spawn> =>
    spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)', token], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const children = [start('podproof-token-one'), start('podproof-token-two')];
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout?.once('data', resolve))));
  const ended = children.map((child) => new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal))));
  const [one] = children;
  const receipt = await ledger.record({ kind: 'process', token: 'podproof-token-one' });
  await receipt.started(one?.pid ?? 0);
  await ledger.record({ kind: 'process', token: 'podproof-token-two' });
  expect(await clean({ all: true })).toMatchObject([{ outcome: 'removed' }, { outcome: 'removed' }]);
  expect(await Promise.all(ended)).toEqual(['SIGTERM', 'SIGTERM']);
});

test('a process that took over the pid is not ended', async () => {
  const self = await identify(process.pid);
  const ledger = await openLedger('run-1');
  await ledger.record({ kind: 'process', token: 'podproof-nobody-has-this' });
  const [open] = await readLedger();
  await appendFile(ledgerPath(), `${JSON.stringify({ event: 'started', id: open?.id, process: { ...self, start: '1' } })}\n`);
  expect(await clean({ all: true })).toMatchObject([{ outcome: 'was gone' }]);
});

test('mount points are read with their escapes undone', () => {
  expect(mountPoints('36 35 98:0 / /mnt/a\\040b rw - ext4 /dev/x rw\n\n')).toEqual(['/mnt/a b']);
});
