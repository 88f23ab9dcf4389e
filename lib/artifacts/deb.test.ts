import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { packageIndexes } from './indexes.ts';
import { resolveArtifact } from './resolve.ts';
import { temporary } from '../testing/temporary.ts';
import { fakeDebian } from '../testing/fake-debian.ts';

afterEach(() => vi.unstubAllEnvs());

const source = { kind: 'deb' as const, suite: 'trixie', packages: ['runc'] };

describe('the source deb', () => {
  test('unpacks the package into the cache and records the Debian revision', async () => {
    await using place = await temporary();
    const { cache, calls, left } = await fakeDebian(place.path);
    const lines: string[] = [];
    const artifact = await resolveArtifact('runc', '1.1.15', source, { cache, progress: (line) => lines.push(line) });
    expect(artifact).toMatchObject({
      name: 'runc',
      version: '1.1.15',
      source: 'deb runc=1.1.15+ds1-2+b4 of trixie',
      binaries: { runc: 'usr/bin/runc' },
    });
    expect(artifact.directory).toMatch(/\/cache\/artifacts\/runc-1\.1\.15-[0-9a-f]{8}\/root$/);
    expect(artifact.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(lines[0]).toBe('runc 1.1.15: package index of trixie');
    expect(await left()).toEqual([]);

    const before = await calls();
    expect(await resolveArtifact('runc', '1.1.15', source, { cache })).toEqual(artifact);
    expect(await calls()).toEqual(before);
  });

  test('keeps what an index past its date gave for those who accept that, and says so', async () => {
    await using place = await temporary();
    const expired =
      'E: Release file for http://mirror.invalid/InRelease is expired (invalid since 3d 2h). Updates will not be applied.';
    const { cache } = await fakeDebian(place.path, {
      mmdebstrap: `case "$*" in *Check-Valid-Until*) true ;; *) echo "${expired}" >&2; exit 1 ;; esac`,
    });
    const accepted = await resolveArtifact('runc', '1.1.15', source, { cache, allowExpiredRelease: true });
    expect(accepted.source).toBe('deb runc=1.1.15+ds1-2+b4 of trixie, an index past its date is accepted');
    await expect(resolveArtifact('runc', '1.1.15', source, { cache })).rejects.toMatchObject({
      name: 'BlockedError',
      message: 'The package index of Debian trixie is past its date (invalid since 3d 2h)',
      remedy: 'set "allowExpiredRelease": true at the host in matrix.json, or use another mirror',
    });
  });

  test('shares one package index between all that are asked for together', async () => {
    await using place = await temporary();
    const { cache, calls } = await fakeDebian(place.path, {
      'apt-cache': 'echo "$3 | 1.1.15+ds1-2+b4 | x"',
    });
    {
      await using indexes = packageIndexes(cache);
      for (const name of ['runc', 'crun'])
        await resolveArtifact(name, '1.1.15', { ...source, packages: [name] }, { cache, indexes });
      expect((await calls()).filter((call) => call.startsWith('mmdebstrap'))).toHaveLength(1);
      expect(await readdir(join(cache, 'indexes'))).toHaveLength(1);
    }
    expect(await readdir(join(cache, 'indexes'))).toEqual([]);
  });

  test('says which package cannot be unpacked', async () => {
    await using place = await temporary();
    const { cache, left } = await fakeDebian(place.path, {
      'dpkg-deb': 'echo "dpkg-deb: error: not a Debian format archive" >&2; exit 2',
    });
    await expect(resolveArtifact('runc', '1.1.15', source, { cache })).rejects.toMatchObject({
      name: 'BlockedError',
      message: 'Cannot unpack runc.deb of Debian trixie: dpkg-deb: error: not a Debian format archive',
    });
    expect(await left()).toEqual([]);
  });

  test('never asks for the machine to be changed', async () => {
    await using place = await temporary();
    const { cache, calls } = await fakeDebian(place.path);
    await resolveArtifact('runc', '1.1.15', source, { cache });
    expect((await calls()).map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'mmdebstrap --variant=custom',
      'apt-config shell',
      'apt-cache madison',
      'apt-get download',
      'dpkg-deb -x',
    ]);
  });

  test('makes an artifact anew whose files were changed', async () => {
    await using place = await temporary();
    const { cache, calls } = await fakeDebian(place.path);
    const artifact = await resolveArtifact('runc', '1.1.15', source, { cache });
    await writeFile(join(artifact.directory, 'usr/bin/runc'), 'tampered');
    expect(await resolveArtifact('runc', '1.1.15', source, { cache })).toEqual(artifact);
    expect(await readFile(join(artifact.directory, 'usr/bin/runc'), 'utf8')).toBe('#!/bin/sh\n');
    expect((await calls()).filter((call) => call.startsWith('apt-get'))).toHaveLength(2);
  });

  test('may be resolved by several at once', async () => {
    await using place = await temporary();
    const { cache, left } = await fakeDebian(place.path);
    const artifacts = await Promise.all([1, 2, 3].map(() => resolveArtifact('runc', '1.1.15', source, { cache })));
    expect(new Set(artifacts.map(({ sha256, directory }) => `${sha256} ${directory}`)).size).toBe(1);
    expect(await left()).toEqual([]);
  });

  test.each<[string, Record<string, string>, string, string]>([
    [
      '1.1.14',
      { 'apt-cache': 'printf "runc | 1.1.20+ds1-1+deb13u1 | x\\nrunc | 1.1.15+ds1-2+b4 | x\\nrunc | 1.1.15+ds1-2 | x\\n"' },
      'Debian trixie has runc 1.1.20 and 1.1.15, not 1.1.14',
      'change matrix.json runtimes.runc[0].version to that, or to "newest"',
    ],
    [
      '1.1.14',
      {},
      'Debian trixie has runc 1.1.15, not 1.1.14',
      'change matrix.json runtimes.runc[0].version to that, or to "newest"',
    ],
    ['1.1.15', { 'apt-cache': 'true' }, 'Debian trixie has no package runc', 'change matrix.json runtimes.runc[0].source'],
    [
      '1.1.15',
      {
        mmdebstrap:
          'echo "E: Release file for http://x is expired (invalid since 14d). Updates will not be applied." >&2; exit 1',
      },
      'The package index of Debian trixie is past its date (invalid since 14d)',
      'set "allowExpiredRelease": true at the host in matrix.json, or use another mirror',
    ],
    [
      '1.1.15',
      { mmdebstrap: 'echo "E: The repository \'http://x\' does not have a Release file." >&2; exit 1' },
      "Cannot fetch the package index of Debian trixie: The repository 'http://x' does not have a Release file.",
      'check the network, or give the artifact the source "path"',
    ],
  ])('is blocked, with a remedy: %s %j', async (version, scripts, message, remedy) => {
    await using place = await temporary();
    const { cache, left } = await fakeDebian(place.path, scripts);
    const failure = resolveArtifact('runc', version, source, { cache, where: 'runtimes.runc[0]' });
    await expect(failure).rejects.toMatchObject({ name: 'BlockedError', message, remedy });
    expect(await left()).toEqual([]);
  });

  test('says what is missing on a machine without mmdebstrap', async () => {
    await using place = await temporary();
    await symlink('/usr/bin/flock', join(place.path, 'flock'));
    vi.stubEnv('PATH', place.path);
    await expect(resolveArtifact('runc', '1.1.15', source, { cache: place.path })).rejects.toMatchObject({
      message: 'mmdebstrap, which fetches the index of Debian packages, is not installed',
    });
  });

  test('accepts an expired index only when it was asked to', async () => {
    await using place = await temporary();
    const { cache, calls } = await fakeDebian(place.path);
    await resolveArtifact('runc', '1.1.15', source, { cache, allowExpiredRelease: true });
    expect((await calls())[0]).toContain('--aptopt=Acquire::Check-Valid-Until "false" trixie');
  });
});
