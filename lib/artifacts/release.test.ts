import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { findSum } from './release.ts';
import { resolveArtifact } from './resolve.ts';
import { honest, serve, sha256 } from '../testing/serving.ts';
import { temporary } from '../testing/temporary.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the source release', () => {
  test('downloads, checks against the published sum, unpacks and caches', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    const source = { kind: 'release' as const, url: server.url };
    const lines: string[] = [];
    const artifact = await resolveArtifact('containerd', '2.3.4', source, {
      cache: place.path,
      progress: (line) => lines.push(line),
    });
    expect(artifact).toMatchObject({
      binaries: { containerd: 'bin/containerd' },
      source: `release ${server.url}, sha256 ${sha256}`,
    });
    expect(server.asked).toEqual(['/r/x.tar.gz.sha256sum', '/r/x.tar.gz']);
    expect(lines[0]).toBe(`containerd 2.3.4: download ${server.url}`);
    expect(await readdir(join(place.path, 'downloads'))).toEqual([]);
    expect(await resolveArtifact('containerd', '2.3.4', source, { cache: place.path })).toEqual(artifact);
    expect(server.asked).toHaveLength(2);
  });

  test('asks for no published sum when the matrix has one', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await resolveArtifact('containerd', '2.3.4', { kind: 'release', url: server.url, sha256 }, { cache: place.path });
    expect(server.asked).toEqual(['/r/x.tar.gz']);
  });

  test('puts a program that is published as it is into bin', async () => {
    await using place = await temporary();
    const program = Buffer.from('#!/bin/sh\n');
    await using server = await serve((_, response) => void response.end(program));
    const sum = createHash('sha256').update(program).digest('hex');
    const artifact = await resolveArtifact(
      'runc',
      '1.4.0',
      { kind: 'release', url: server.url.replace('x.tar.gz', 'runc.amd64'), sha256: sum },
      { cache: place.path },
    );
    expect(artifact.binaries).toEqual({ runc: 'bin/runc' });
  });

  test('unpacks an archive that the user names, also where upstream publishes the program as it is', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    const source = { kind: 'release' as const, url: server.url };
    const artifact = await resolveArtifact('runc', '1.4.0', source, { cache: place.path });
    expect(artifact.binaries).toEqual({ containerd: 'bin/containerd' });
  });

  test('prefers what the user laid out', async () => {
    await using place = await temporary();
    vi.stubEnv('PODPROOF_ARTIFACTS', place.path);
    await mkdir(join(place.path, 'containerd-2.3.4/bin'), { recursive: true });
    await writeFile(join(place.path, 'containerd-2.3.4/bin/containerd'), '#!/bin/sh\n', { mode: 0o755 });
    const artifact = await resolveArtifact('containerd', '2.3.4', { kind: 'release' }, { cache: join(place.path, 'cache') });
    expect(artifact.source).toBe('path $PODPROOF_ARTIFACTS/containerd-2.3.4');
  });

  test('is blocked by a wrong checksum, and keeps nothing', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    const wrong = 'a'.repeat(64);
    const failure = resolveArtifact(
      'containerd',
      '2.3.4',
      { kind: 'release', url: server.url, sha256: wrong },
      { cache: place.path },
    );
    await expect(failure).rejects.toMatchObject({
      name: 'BlockedError',
      message: `Cannot have the release of containerd 2.3.4: ${server.url} has the sha256 ${sha256}, not ${wrong}`,
    });
    expect(await readdir(join(place.path, 'downloads'))).toEqual([]);
    expect(await readdir(join(place.path, 'artifacts'))).toEqual([]);
  });

  test.each([
    ['answers 404 Not Found', 404, ''],
    ['has no checksum of x.tar.gz', 200, 'nothing here\n'],
  ])('is blocked when the checksum %s', async (why, status, body) => {
    await using place = await temporary();
    await using server = await serve((_, response) => void response.writeHead(status).end(body));
    const failure = resolveArtifact('containerd', '2.3.4', { kind: 'release', url: server.url }, { cache: place.path });
    await expect(failure).rejects.toMatchObject({
      name: 'BlockedError',
      message: `Cannot have the release of containerd 2.3.4: ${server.url}.sha256sum ${why}`,
    });
  });

  test('is blocked without a network, and says what to do', async () => {
    await using place = await temporary();
    const url = await serve(honest).then(async (server) => (await server[Symbol.asyncDispose](), server.url));
    const failure = resolveArtifact('containerd', '2.3.4', { kind: 'release', url }, { cache: place.path });
    await expect(failure).rejects.toMatchObject({
      name: 'BlockedError',
      message: expect.stringMatching(
        /^Cannot have the release of containerd 2\.3\.4: .*\.sha256sum cannot be reached: fetch failed \(.*ECONNREFUSED/,
      ),
      remedy:
        'run podproof fetch on a connected machine and copy the cache directory, or put the binaries into $PODPROOF_ARTIFACTS/containerd-2.3.4/',
    });
  });

  test('is blocked where no release is known', async () => {
    await expect(resolveArtifact('containerd', '1.2.0', { kind: 'release' })).rejects.toThrow(
      'Cannot have the release of containerd 1.2.0: no release of it for this architecture is known',
    );
  });
});

test.each([
  [`${'a'.repeat(64)}  x.tar.gz\n`, 'a'],
  [`${'B'.repeat(64)} *dist/x.tar.gz\n`, 'b'],
  [`${'a'.repeat(64)}  other\n${'c'.repeat(64)}  x.tar.gz\n`, 'c'],
  [`${'d'.repeat(64)}\n`, 'd'],
  [`${'a'.repeat(64)}  other\n`, undefined],
  ['', undefined],
])('the checksum in %j is found', (text, letter) => {
  expect(findSum(text, 'x.tar.gz')).toBe(letter?.repeat(64));
});
