import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execOk } from '../../util/exec.ts';
import { tar, type TarEntry } from './tar.ts';

const entries: TarEntry[] = [
  { path: 'tmp', type: 'directory', mode: 0o1777 },
  { path: 'tmp/empty', type: 'file', mode: 0o600, content: new Uint8Array() },
  { path: 'tmp/block', type: 'file', mode: 0o755, content: Buffer.alloc(512, 'x') },
  { path: 'tmp/more', type: 'file', mode: 0o644, content: Buffer.alloc(513, 'y') },
  { path: 'sh', type: 'link', target: 'bin/busybox' },
];

describe('tar', () => {
  let directory = '';
  let archive = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'podproof-tar-'));
    archive = join(directory, 'a.tar');
    await writeFile(archive, tar(entries));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is listed by the system tar with types, modes, owners, sizes and the epoch', async () => {
    const listing = await execOk(['tar', '--utc', '--full-time', '--numeric-owner', '-tvf', archive]);
    expect(
      listing
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp/',
      '-rw------- 0/0 0 1970-01-01 00:00:00 tmp/empty',
      '-rwxr-xr-x 0/0 512 1970-01-01 00:00:00 tmp/block',
      '-rw-r--r-- 0/0 513 1970-01-01 00:00:00 tmp/more',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 sh -> bin/busybox',
    ]);
  });

  it('gives its contents back', async () => {
    expect(await execOk(['tar', '-xOf', archive, 'tmp/more'])).toBe('y'.repeat(513));
  });

  it('gives equal bytes for equal entries', () => {
    expect(Buffer.compare(tar(entries), tar(structuredClone(entries)))).toBe(0);
  });

  it('refuses a path that its header cannot hold', () => {
    expect(() => tar([{ path: 'x'.repeat(101), type: 'directory', mode: 0o755 }])).toThrow(/more than 100 bytes/);
  });
});
