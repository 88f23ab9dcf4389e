import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { download } from './download.ts';
import { findSum } from './release.ts';
import { resolveArtifact } from './resolve.ts';
import { craftTar, temporary } from './testing.ts';

afterEach(() => vi.unstubAllEnvs());

const archive = gzipSync(craftTar([{ path: 'bin/containerd', content: `#!/bin/sh\n${'x'.repeat(100_000)}` }]), { level: 0 });
const sha256 = createHash('sha256').update(archive).digest('hex');

/** A server on the loopback that answers with `handle` and remembers what it was asked for. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    handle(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/r/x.tar.gz`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => (server.closeAllConnections(), server.close(() => done()))),
  };
}

/** Serves the archive and its checksum, with ranges. */
function honest(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.endsWith('.sha256sum')) return void response.end(`${sha256}  x.tar.gz\n`);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': archive.length - from });
  response.end(archive.subarray(from));
}

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
      { kind: 'release', url: server.url, sha256: sum },
      { cache: place.path },
    );
    expect(artifact.binaries).toEqual({ runc: 'bin/runc' });
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
        'run it once on a connected machine and copy the cache directory, or put the binaries into $PODPROOF_ARTIFACTS/containerd-2.3.4/',
    });
  });

  test('is blocked where no release is known', async () => {
    await expect(resolveArtifact('runsc', '20240729.0', { kind: 'release' })).rejects.toThrow(
      'Cannot have the release of runsc 20240729.0: no release of it for this architecture is known',
    );
  });
});

describe('download', () => {
  test('resumes what an earlier call left', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await writeFile(join(place.path, 'x.part'), archive.subarray(0, 40_000));
    const seen: number[] = [];
    await download(server.url, join(place.path, 'x'), { sha256, progress: (bytes, total) => seen.push(bytes, total ?? 0) });
    expect(server.asked).toEqual(['/r/x.tar.gz bytes=40000-']);
    expect(seen[0]).toBeGreaterThan(40_000);
    expect(seen.at(-1)).toBe(archive.length);
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('goes on by itself when a connection breaks', async () => {
    await using place = await temporary();
    let tries = 0;
    await using server = await serve((request, response) => {
      if (++tries > 1) return honest(request, response);
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 50_000), () => setImmediate(() => response.destroy()));
    });
    await download(server.url, join(place.path, 'x'), { sha256 });
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
    expect(server.asked).toHaveLength(2);
  });

  test('starts again with a server that knows no ranges', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => void response.end(archive));
    await writeFile(join(place.path, 'x.part'), 'stale');
    await download(server.url, join(place.path, 'x'), { sha256 });
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('takes a part that is whole already', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => void response.writeHead(416).end());
    await writeFile(join(place.path, 'x.part'), archive);
    await download(server.url, join(place.path, 'x'), { sha256 });
    expect(await readdir(place.path)).toEqual(['x']);
  });

  test('gives up on a server that sends nothing', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => response.writeHead(200).flushHeaders());
    await expect(download(server.url, join(place.path, 'x'), { sha256, stallMs: 50 })).rejects.toThrow(/sent nothing for 0 s/);
    await expect(download(server.url, join(place.path, 'x'), { sha256, timeoutMs: 50 })).rejects.toThrow(
      `${server.url} took too long`,
    );
  });

  test('refuses more bytes than any release has', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await expect(download(server.url, join(place.path, 'x'), { sha256, maxBytes: 1_000 })).rejects.toThrow(
      `${server.url} has ${archive.length} bytes, more than 1000`,
    );
    await using endless = await serve(
      (_, response) => void response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(archive),
    );
    await expect(download(endless.url, join(place.path, 'y'), { sha256, maxBytes: 1_000 })).rejects.toThrow(
      'has more than 1000 bytes',
    );
  });

  test('ends with the reason of its signal', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => response.writeHead(200).flushHeaders());
    const stop = new AbortController();
    const failure = download(server.url, join(place.path, 'x'), { sha256, signal: stop.signal });
    stop.abort(new Error('the user stopped'));
    await expect(failure).rejects.toThrow('the user stopped');
  });

  test('fetches over http only', async () => {
    await using place = await temporary();
    await expect(download('file:///etc/passwd', join(place.path, 'x'), { sha256 })).rejects.toThrow(
      'file:///etc/passwd is no http or https address',
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
