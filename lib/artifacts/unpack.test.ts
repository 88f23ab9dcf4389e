import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BlockedError } from '../util/errors.ts';
import { craftTar, type Member } from '../testing/artifacts.ts';
import { temporary } from '../testing/temporary.ts';
import { unpack } from './unpack.ts';

/** Unpacks a crafted archive beside a file that must stay as it is. `{place}` in a member stands for the directory of the canary. */
async function tryOut(members: readonly Member[], given?: Buffer) {
  await using place = await temporary();
  const archive = given ?? craftTar(members.map((member) => ({ ...member, path: member.path.replace('{place}', place.path) })));
  await mkdir(join(place.path, 'root'));
  await writeFile(join(place.path, 'canary'), 'untouched');
  await writeFile(join(place.path, 'a:b.tar.gz'), gzipSync(archive));
  const problem = await unpack(join(place.path, 'a:b.tar.gz'), join(place.path, 'root')).catch((error: unknown) => error);
  return {
    problem,
    unpacked: (await readdir(join(place.path, 'root'), { recursive: true })).sort(),
    canary: await readFile(join(place.path, 'canary'), 'utf8'),
    beside: (await readdir(place.path)).sort(),
  };
}

describe('unpack', () => {
  test('unpacks files, modes and harmless links', async () => {
    await using place = await temporary();
    const archive = join(place.path, 'x.tar');
    await writeFile(
      archive,
      craftTar([
        { path: './bin/', type: '5' },
        { path: './bin/runc', content: 'ELF', mode: 0o755 },
        { path: './bin/-rf "x"\n', content: 'odd', mode: 0o644 },
        { path: './runc', type: '2', target: 'bin/runc' },
      ]),
    );
    await mkdir(join(place.path, 'root'));
    await unpack(archive, join(place.path, 'root'));
    expect((await stat(join(place.path, 'root/bin/runc'))).mode & 0o777).toBe(0o755);
    expect(await readlink(join(place.path, 'root/runc'))).toBe('bin/runc');
    expect(await readFile(join(place.path, 'root/bin/-rf "x"\n'), 'utf8')).toBe('odd');
  });

  test.each(['xz', 'zstd'])('unpacks what %s compressed', async (program) => {
    await using place = await temporary();
    await writeFile(join(place.path, 'x.tar'), craftTar([{ path: 'runc', content: 'ELF' }]));
    await promisify(execFile)(program, ['-q', join(place.path, 'x.tar')]);
    await mkdir(join(place.path, 'root'));
    await unpack(join(place.path, program === 'xz' ? 'x.tar.xz' : 'x.tar.zst'), join(place.path, 'root'));
    expect(await readFile(join(place.path, 'root/runc'), 'utf8')).toBe('ELF');
  });

  test.each<[string, Member[], RegExp]>([
    ['climbs out', [{ path: 'ok' }, { path: '../canary', content: 'hit' }], /"\.\.\/canary" is absolute, leaves the prefix/],
    ['is absolute', [{ path: '{place}/hit', content: 'hit' }], /"\/\S+\/hit" is absolute/],
    [
      'goes through a link',
      [
        { path: 'up', type: '2', target: '..' },
        { path: 'up/canary', content: 'hit' },
      ],
      /"up\/canary" lies below "up"/,
    ],
    ['links out', [{ path: 'up', type: '2', target: '../canary' }], /the link "up" to "\.\.\/canary" leaves the prefix/],
    ['links hard to a file outside', [{ path: 'hard', type: '1', target: '../canary' }], /the hard link "hard" names no file/],
    ['is a device', [{ path: 'null', type: '3' }], /"null" is a character device/],
    ['is a fifo', [{ path: 'fifo', type: '6' }], /"fifo" is a fifo/],
  ])('refuses an archive with a member that %s, and writes nothing', async (_, members, why) => {
    const { problem, unpacked, canary, beside } = await tryOut(members);
    expect(problem).toBeInstanceOf(BlockedError);
    expect(String(problem)).toMatch(why);
    expect(unpacked).toEqual([]);
    expect(canary).toBe('untouched');
    expect(beside).toEqual(['a:b.tar.gz', 'canary', 'root']);
  });

  test('refuses a truncated archive', async () => {
    const { problem, unpacked } = await tryOut([], craftTar([{ path: 'a', content: 'x'.repeat(5_000) }]).subarray(0, 2_000));
    expect(String(problem)).toMatch(/Cannot read the archive .*: tar: Unexpected EOF/);
    expect(unpacked).toEqual([]);
  });

  test('refuses what is no archive', async () => {
    const { problem } = await tryOut([], Buffer.from('<html>404</html>'.repeat(100)));
    expect(String(problem)).toMatch(/Cannot read the archive .*: tar: This does not look like a tar archive/);
  });

  test('refuses a member that claims an absurd size', async () => {
    const { problem } = await tryOut(
      [],
      craftTar([
        { path: 'a', size: 0o77777777777 },
        { path: 'b', size: 0o77777777777 },
      ]),
    );
    expect(problem).toBeInstanceOf(BlockedError);
  });
});
