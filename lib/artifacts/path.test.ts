import { chmod, mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { resolveArtifact } from './resolve.ts';
import { execOk } from '../util/exec.ts';
import { craftElf, craftTar } from '../testing/artifacts.ts';
import { temporary } from '../testing/temporary.ts';
import { upstreamRelease } from './upstream.ts';

afterEach(() => vi.unstubAllEnvs());

/** A prefix with two programs, a link to one, and files that only look like programs. */
async function makePrefix(directory: string): Promise<void> {
  await mkdir(join(directory, 'opt/bin'), { recursive: true });
  await writeFile(join(directory, 'opt/bin/crio'), craftElf(), { mode: 0o755 });
  await writeFile(join(directory, 'opt/bin/install'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(directory, 'opt/bin/notes.txt'), 'text', { mode: 0o755 });
  await writeFile(join(directory, 'opt/library.so'), craftElf(), { mode: 0o644 });
  await symlink('opt/bin/crio', join(directory, 'link'));
  await symlink('/bin/sh', join(directory, 'outside'));
  await symlink('nowhere', join(directory, 'dangling'));
}

const binaries = { crio: 'opt/bin/crio', install: 'opt/bin/install', link: 'link' };

describe('the source path', () => {
  test('uses a directory where it is', async () => {
    await using place = await temporary();
    await makePrefix(join(place.path, 'crio'));
    const artifact = await resolveArtifact(
      'crio',
      '1.36.3',
      { kind: 'path', path: join(place.path, 'crio') },
      { cache: join(place.path, 'cache') },
    );
    expect(artifact).toMatchObject({ directory: join(place.path, 'crio'), source: `path ${join(place.path, 'crio')}` });
    expect(artifact.binaries).toEqual(binaries);
  });

  test('takes $PODPROOF_ARTIFACTS/<name>-<version> when no path is given, for each Kata shim alike', async () => {
    await using place = await temporary();
    vi.stubEnv('PODPROOF_ARTIFACTS', place.path);
    await makePrefix(join(place.path, 'kata-3.30.0'));
    const shims = await Promise.all(
      (['go', 'rust'] as const).map((shim) =>
        resolveArtifact('kata', '3.30.0', { kind: 'path' }, { cache: join(place.path, 'cache'), shim }),
      ),
    );
    expect(shims.map(({ directory }) => directory)).toEqual([join(place.path, 'kata-3.30.0'), join(place.path, 'kata-3.30.0')]);
  });

  test('unpacks an archive into the cache', async () => {
    await using place = await temporary();
    vi.stubEnv('PODPROOF_ARTIFACTS', place.path);
    await writeFile(join(place.path, 'runc-1.4.0.tar'), craftTar([{ path: './bin/runc', content: '#!/bin/sh\n' }]));
    const artifact = await resolveArtifact('runc', '1.4.0', { kind: 'path' }, { cache: join(place.path, 'cache') });
    expect(artifact.binaries).toEqual({ runc: 'bin/runc' });
    expect(artifact.source).toMatch(/^path .*runc-1\.4\.0\.tar, sha256 [0-9a-f]{64}$/);
  });

  test('takes a release archive under the name that upstream gave it: Kata 4.1.0 has one for each shim', async () => {
    await using place = await temporary();
    vi.stubEnv('PODPROOF_ARTIFACTS', place.path);
    const contents = { go: './opt/kata/bin/containerd-shim-kata-v2', rust: './opt/kata/runtime-rs/bin/containerd-shim-kata-v2' };
    for (const shim of ['go', 'rust'] as const) {
      const url = upstreamRelease({ name: 'kata', version: '4.1.0', shim })[0]?.url ?? '';
      const tar = join(place.path, `${shim}.tar`);
      await writeFile(tar, craftTar([{ path: contents[shim], content: '#!/bin/sh\n' }]));
      await execOk(['zstd', '-q', tar, '-o', join(place.path, url.slice(url.lastIndexOf('/') + 1))]);
      const artifact = await resolveArtifact('kata', '4.1.0', { kind: 'path' }, { cache: join(place.path, 'cache'), shim });
      expect(Object.values(artifact.binaries)).toEqual([contents[shim].slice(2)]);
    }
  });

  test('is blocked, with the layout to make, when nothing is there', async () => {
    await using place = await temporary();
    vi.stubEnv('PODPROOF_ARTIFACTS', place.path);
    await expect(resolveArtifact('kata', '3.30.0', { kind: 'path' }, { cache: place.path })).rejects.toMatchObject({
      name: 'BlockedError',
      message: `kata 3.30.0 is to come from a path, and ${join(place.path, 'kata-3.30.0')} does not exist`,
      remedy:
        'build it or download the upstream release, lay it out as DIRECTORY/kata-3.30.0/ (or kata-3.30.0.tar.zst), and set PODPROOF_ARTIFACTS=DIRECTORY',
    });
    vi.stubEnv('PODPROOF_ARTIFACTS', '');
    await expect(resolveArtifact('kata', '3.30.0', { kind: 'path' }, { cache: place.path })).rejects.toThrow(
      'kata 3.30.0 is to come from a path, and PODPROOF_ARTIFACTS is not set',
    );
    await expect(
      resolveArtifact('kata', '3.30.0', { kind: 'path', path: '/nowhere/kata' }, { cache: place.path }),
    ).rejects.toThrow('kata 3.30.0 is not at /nowhere/kata');
  });

  test('is blocked by an empty directory', async () => {
    await using place = await temporary();
    await expect(
      resolveArtifact('crio', '1.36.3', { kind: 'path', path: place.path }, { cache: join(place.path, '..', 'unused') }),
    ).rejects.toThrow(`${place.path}, where crio 1.36.3 should be, is empty`);
  });
});

test('what a killed process left half made in the cache is gone with the next one that makes it', async () => {
  await using place = await temporary();
  const [archive, cache] = [join(place.path, 'runc.tar'), join(place.path, 'cache')];
  await writeFile(archive, craftTar([{ path: 'runc', content: '#!/bin/sh\n' }]));
  const resolve = () => resolveArtifact('runc', '1.1.15', { kind: 'path', path: archive }, { cache });
  await resolve();
  const [made = ''] = (await readdir(join(cache, 'artifacts'))).filter((name) => name.startsWith('runc-'));
  await rm(join(cache, 'artifacts', made), { recursive: true });
  await mkdir(join(cache, 'artifacts', `.new-${made}`, 'whole/root/half'), { recursive: true });
  expect((await resolve()).binaries).toEqual({ runc: 'runc' });
  expect(await readdir(join(cache, 'artifacts'))).toEqual([made]);
});

describe('the checksum of a prefix', () => {
  async function checksumAfter(change: (directory: string) => Promise<void>): Promise<{ before: string; after: string }> {
    await using place = await temporary();
    const directory = join(place.path, 'prefix');
    await makePrefix(directory);
    const resolve = () =>
      resolveArtifact('crio', '1.36.3', { kind: 'path', path: directory }, { cache: join(place.path, 'cache') });
    const before = (await resolve()).sha256;
    await change(directory);
    return { before, after: (await resolve()).sha256 };
  }

  test.each<[string, (directory: string) => Promise<void>]>([
    ['content', (directory) => writeFile(join(directory, 'opt/bin/notes.txt'), 'TEXT')],
    ['mode', (directory) => chmod(join(directory, 'opt/bin/notes.txt'), 0o700)],
    ['name', (directory) => rename(join(directory, 'opt/bin/notes.txt'), join(directory, 'opt/bin/note.txt'))],
    ['a new file', (directory) => writeFile(join(directory, 'new'), '')],
    [
      'the target of a link',
      async (directory) => {
        await rm(join(directory, 'dangling'));
        await symlink('elsewhere', join(directory, 'dangling'));
      },
    ],
  ])('changes with %s', async (_, change) => {
    const { before, after } = await checksumAfter(change);
    expect(after).not.toBe(before);
  });

  test('does not change with times', async () => {
    const { before, after } = await checksumAfter((directory) => utimes(join(directory, 'opt/bin/crio'), 1, 1));
    expect(after).toBe(before);
  });
});
