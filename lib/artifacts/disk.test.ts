import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exec } from '../util/exec.ts';
import { blamingDisk } from './disk.ts';
import { craftTar } from '../testing/artifacts.ts';
import { temporary } from '../testing/temporary.ts';

describe('a disk that takes no more', () => {
  test.each([
    'ENOSPC: no space left on device, write',
    'tar: bin/x: Cannot write: No space left on device',
    'dpkg-deb: error: failed to write (Disk quota exceeded)',
  ])('is blamed for %j, with what to do', (words) => {
    expect(blamingDisk(new Error(words), 'runc 1.4.0', '/cache')).toMatchObject({
      name: 'BlockedError',
      message: `Cannot keep runc 1.4.0 in /cache: ${words}`,
      remedy: 'make room there, or set XDG_CACHE_HOME to a directory on another disk',
    });
  });

  test('is not blamed for anything else, nor twice', () => {
    const other = new Error('no such file');
    expect(blamingDisk(other, 'runc 1.4.0', '/cache')).toBe(other);
    const once = blamingDisk(new Error('ENOSPC'), 'runc 1.4.0', '/cache');
    expect(blamingDisk(once, 'runc 1.4.0', '/elsewhere')).toBe(once);
  });

  test('leaves nothing behind of what did not fit', async () => {
    await using place = await temporary();
    await mkdir(join(place.path, 'cache'));
    await writeFile(join(place.path, 'runc.tar'), craftTar([{ path: 'bin/runc', content: 'x'.repeat(400_000) }]));
    const request = { kind: 'path', path: join(place.path, 'runc.tar') };
    const script = `
      import { resolveArtifact } from ${JSON.stringify(join(import.meta.dirname, 'resolve.ts'))};
      await resolveArtifact('runc', '1.4.0', ${JSON.stringify(request)}, { cache: ${JSON.stringify(join(place.path, 'cache'))} })
        .catch(({ name, message }) => console.log(name + ': ' + message));
    `;
    // No file may grow beyond 100 KiB: a disk that is full in the middle of it.
    const limited = [
      'sh',
      '-c',
      'ulimit -f 200; exec "$@"',
      'sh',
      'node',
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ];
    const { stdout } = await exec(limited, { timeoutMs: 60_000 });
    expect(stdout).toMatch(/^BlockedError: Cannot keep \S+runc\.tar in \S+: .*SIGXFSZ \(File too big\)/);
    expect(await readdir(join(place.path, 'cache', 'artifacts'))).toEqual([]);
  });
});
