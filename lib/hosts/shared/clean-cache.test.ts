import { existsSync } from 'node:fs';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { markUsed } from '../../util/cache.ts';
import { cleanCache } from './clean.ts';
import { openLedger } from './ledger.ts';

afterEach(() => vi.unstubAllEnvs());

const now = Date.UTC(2026, 10, 21);
const entries = [
  'images/trixie-1',
  'snapshots/2',
  'disks/3.ext4',
  'artifacts/runc-1.1.15-4',
  'artifacts/in-place',
  'locks/image-1',
];

/** A cache whose entries were last used forty days ago, but the snapshot, which was used ten days ago. */
async function cacheIn(home: string): Promise<(entry: string) => string> {
  for (const name of ['STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, home);
  const at = (entry: string): string => join(home, 'podproof', entry);
  for (const entry of entries) {
    const isFile = /^(disks|locks)/.test(entry);
    await mkdir(isFile ? dirname(at(entry)) : at(entry), { recursive: true });
    if (isFile) await writeFile(at(entry), 'disk');
    const used = new Date(now - (entry.startsWith('snapshots') ? 10 : 40) * 86_400_000);
    await utimes(at(entry), used, used);
  }
  return at;
}

it('removes what no run has used for so long, and nothing that is no part of what is fetched or built', async () => {
  await using home = await temporary();
  const at = await cacheIn(home.path);
  const removed = await cleanCache(30, { dryRun: false, now });
  const gone = ['artifacts/runc-1.1.15-4', 'disks/3.ext4', 'images/trixie-1'].map(at);
  expect(removed.map(({ path }) => path).sort()).toEqual(gone);
  expect(entries.map(at).filter((path) => !existsSync(path))).toEqual(expect.arrayContaining(gone));
  expect(['snapshots/2', 'artifacts/in-place', 'locks/image-1'].map(at).every((path) => existsSync(path))).toBe(true);
});

it('keeps what was used a moment ago, and removes it with nothing to spare when asked to', async () => {
  await using home = await temporary();
  const at = await cacheIn(home.path);
  await markUsed(at('images/trixie-1'));
  expect((await cleanCache(30, { dryRun: false, now: Date.now() })).map(({ path }) => path)).not.toContain(at('images/trixie-1'));
  await cleanCache(0, { dryRun: false, now: Date.now() + 1 });
  expect(existsSync(at('images/trixie-1'))).toBe(false);
});

it('removes nothing when it is only to say what it would do, and nothing while a run holds a host', async () => {
  await using home = await temporary();
  const at = await cacheIn(home.path);
  expect(await cleanCache(30, { dryRun: true, now })).toHaveLength(3);
  await (await openLedger('run-7')).record({ kind: 'path', path: at('leases/podproof-1') });
  await expect(cleanCache(30, { dryRun: false, now })).rejects.toThrow(/^Cannot clean the cache: run run-7, pid \d+, uses it$/);
  expect(entries.every((entry) => existsSync(at(entry)))).toBe(true);
});

it('removes a link in the cache, and not what it leads to', async () => {
  await using home = await temporary();
  const at = await cacheIn(home.path);
  await writeFile(join(home.path, 'precious'), 'mine');
  await symlink(join(home.path, 'precious'), at('images/link'));
  await cleanCache(0, { dryRun: false, now: Date.now() + 60_000 });
  expect(existsSync(at('images/link'))).toBe(false);
  expect(existsSync(join(home.path, 'precious'))).toBe(true);
});
