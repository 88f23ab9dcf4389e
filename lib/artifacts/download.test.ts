import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { download } from './download.ts';
import { archive, honest, serve, sha256 } from '../testing/serving.ts';
import { temporary } from '../testing/temporary.ts';

/** What a process that is no more had got of `x`. */
async function left(directory: string, data: Buffer | string, validator = ''): Promise<void> {
  const part = join(directory, 'x.part-999999999');
  await mkdir(part);
  await writeFile(join(part, 'data'), data);
  await writeFile(join(part, 'validator'), validator);
}

/** Answers that break off as soon as the client has so much. */
function breaking() {
  let broken = (): void => undefined;
  let wanted = Infinity;
  return {
    send(response: ServerResponse, data: Buffer, status = 200, headers: Record<string, string | number> = {}): void {
      broken = () => response.destroy();
      response.writeHead(status, { 'content-length': archive.length, ...headers });
      response.write(data);
    },
    until(bytes: number) {
      wanted = bytes;
      return { progress: (got: number): void => (got >= wanted ? broken() : undefined) };
    },
  };
}

const other = Buffer.from(archive).fill('o', 1_000, 2_000);

describe('download', () => {
  test('resumes what an earlier process left, and says how far it is', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await left(place.path, archive.subarray(0, 40_000));
    const seen: number[] = [];
    await download(server.url, join(place.path, 'x'), sha256, { progress: (bytes, total) => seen.push(bytes, total ?? 0) });
    expect(server.asked).toEqual(['/r/x.tar.gz bytes=40000-']);
    expect(seen[0]).toBeGreaterThan(40_000);
    expect(seen.at(-1)).toBe(archive.length);
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
    expect(await readdir(place.path)).toEqual(['x']);
  });

  test('leaves alone what a running process is at', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await mkdir(join(place.path, 'x.part-1'));
    await download(server.url, join(place.path, 'x'), sha256);
    expect(server.asked).toEqual(['/r/x.tar.gz']);
    expect((await readdir(place.path)).sort()).toEqual(['x', 'x.part-1']);
  });

  test('leaves nothing of a file that is not there', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => response.writeHead(404).end());
    await expect(download(server.url, join(place.path, 'x'), sha256)).rejects.toThrow('answers 404 Not Found');
    expect(await readdir(place.path)).toEqual([]);
  });

  test('goes on by itself when a connection breaks', async () => {
    await using place = await temporary();
    let tries = 0;
    const line = breaking();
    await using server = await serve((request, response) =>
      ++tries > 1 ? honest(request, response) : line.send(response, archive.subarray(0, 50_000)),
    );
    await download(server.url, join(place.path, 'x'), sha256, line.until(50_000));
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
    expect(server.asked).toEqual(['/r/x.tar.gz', '/r/x.tar.gz bytes=50000-']);
  });

  test('names the file that it began, and takes the whole of another that the server has by now', async () => {
    await using place = await temporary();
    const conditions: unknown[] = [];
    const line = breaking();
    await using server = await serve((request, response) => {
      conditions.push(request.headers['if-range']);
      if (conditions.length === 1) return line.send(response, other.subarray(0, 50_000), 200, { etag: '"old"' });
      response.writeHead(200, { etag: '"new"', 'content-length': archive.length }).end(archive);
    });
    await download(server.url, join(place.path, 'x'), sha256, line.until(50_000));
    expect(conditions).toEqual([undefined, '"old"']);
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('asks by date where there is no strong entity tag', async () => {
    await using place = await temporary();
    const date = 'Sat, 21 Nov 2026 00:00:00 GMT';
    const conditions: unknown[] = [];
    const line = breaking();
    await using server = await serve((request, response) => {
      conditions.push(request.headers['if-range']);
      if (conditions.length > 1) return honest(request, response);
      line.send(response, archive.subarray(0, 50_000), 200, { etag: 'W/"weak"', 'last-modified': date });
    });
    await download(server.url, join(place.path, 'x'), sha256, line.until(50_000));
    expect(conditions).toEqual([undefined, date]);
  });

  test('starts again when the two ends were of two files and the server did not say so', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await left(place.path, other.subarray(0, 50_000));
    await download(server.url, join(place.path, 'x'), sha256);
    expect(server.asked).toEqual(['/r/x.tar.gz bytes=50000-', '/r/x.tar.gz']);
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('starts again when what was begun is longer than the file', async () => {
    await using place = await temporary();
    await using server = await serve((request, response) =>
      request.headers.range === undefined ? honest(request, response) : void response.writeHead(416).end(),
    );
    await left(place.path, Buffer.alloc(archive.length + 10));
    await download(server.url, join(place.path, 'x'), sha256);
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('starts again with a server that knows no ranges', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => void response.end(archive));
    await left(place.path, 'stale');
    await download(server.url, join(place.path, 'x'), sha256);
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('takes a part that is whole already', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => void response.writeHead(416).end());
    await left(place.path, archive);
    await download(server.url, join(place.path, 'x'), sha256);
    expect(await readdir(place.path)).toEqual(['x']);
  });

  test('refuses a range that is not the one it asked for', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-99/${archive.length}`, 'content-length': 100 });
      response.end(archive.subarray(0, 100));
    });
    await left(place.path, archive.subarray(0, 50));
    await expect(download(server.url, join(place.path, 'x'), sha256)).rejects.toThrow(
      `${server.url} was asked for what follows byte 50 and sends what follows byte 0`,
    );
  });

  test('gives up on a server that promises more than it has, and keeps what came', async () => {
    await using place = await temporary();
    const line = breaking();
    await using server = await serve((request, response) => {
      if (request.headers.range !== undefined) return void response.writeHead(206, { 'content-length': 5_000 }).destroy();
      line.send(response, archive.subarray(0, 60_000));
    });
    const failure = download(server.url, join(place.path, 'x'), sha256, line.until(60_000));
    await expect(failure).rejects.toThrow(/terminated|other side closed|aborted|fetch failed/);
    expect(server.asked).toHaveLength(4);
    expect(await readFile(join(place.path, `x.part-${process.pid}`, 'data'))).toEqual(archive.subarray(0, 60_000));
  });

  test('takes no file that is shorter than published', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).end(archive.subarray(0, 1_000));
    });
    const cut = createHash('sha256').update(archive.subarray(0, 1_000)).digest('hex');
    await expect(download(server.url, join(place.path, 'x'), sha256)).rejects.toThrow(
      `${server.url} has the sha256 ${cut}, not ${sha256}`,
    );
    expect(await readdir(place.path)).toEqual([]);
  });

  test('follows a redirect, as releases are served from another host', async () => {
    await using place = await temporary();
    await using server = await serve((request, response) => {
      if (request.url?.startsWith('/elsewhere')) return honest(request, response);
      response.writeHead(302, { location: '/elsewhere/x.tar.gz' }).end();
    });
    await left(place.path, archive.subarray(0, 40_000));
    await download(server.url, join(place.path, 'x'), sha256);
    expect(server.asked).toEqual(['/r/x.tar.gz bytes=40000-', '/elsewhere/x.tar.gz bytes=40000-']);
  });

  test('says what the server answers, and tries no second time', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => void response.writeHead(404).end('<html>'));
    await expect(download(server.url, join(place.path, 'x'), sha256)).rejects.toThrow(`${server.url} answers 404 Not Found`);
    expect(server.asked).toHaveLength(1);
    await using circle = await serve((_, response) => void response.writeHead(302, { location: '/r/x.tar.gz' }).end());
    await expect(download(circle.url, join(place.path, 'x'), sha256)).rejects.toThrow(/redirect count exceeded/);
  });

  test('gives up on a server that sends nothing', async () => {
    await using place = await temporary();
    await using silent = await serve((_, response) => response.writeHead(200).flushHeaders());
    await expect(download(silent.url, join(place.path, 'x'), sha256, { stallMs: 50 })).rejects.toThrow(
      `${silent.url} sent nothing for`,
    );
  });

  test('gives up on a server that sends a little again and again, and never all', async () => {
    await using place = await temporary();
    await using slow = await serve((_, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      const drip = setInterval(() => response.write(archive.subarray(0, 1)), 5);
      response.on('close', () => clearInterval(drip));
    });
    await expect(download(slow.url, join(place.path, 'x'), sha256, { timeoutMs: 200 })).rejects.toThrow(
      `${slow.url} took too long`,
    );
    expect(slow.asked).toHaveLength(1);
  });

  test('refuses more bytes than any release has', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await expect(download(server.url, join(place.path, 'x'), sha256, { maxBytes: 1_000 })).rejects.toThrow(
      `${server.url} has ${archive.length} bytes, more than 1000`,
    );
    await using endless = await serve(
      (_, response) => void response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(archive),
    );
    await expect(download(endless.url, join(place.path, 'y'), sha256, { maxBytes: 1_000 })).rejects.toThrow(
      'has more than 1000 bytes',
    );
  });

  test('refuses more bytes than the disk has room for, before it writes any', async () => {
    await using place = await temporary();
    const exbibyte = 2 ** 60;
    await using server = await serve((_, response) => response.writeHead(200, { 'content-length': exbibyte }).flushHeaders());
    const failure = download(server.url, join(place.path, 'x'), sha256, { maxBytes: 2 * exbibyte });
    await expect(failure).rejects.toMatchObject({
      name: 'BlockedError',
      message: expect.stringMatching(/^Cannot keep http.*x\.tar\.gz in .*: it has 1099511627776 MiB, and \d+ MiB are free$/),
      remedy: 'make room there, or set XDG_CACHE_HOME to a directory on another disk',
    });
  });

  test('takes a sha512 as well', async () => {
    await using place = await temporary();
    await using server = await serve(honest);
    await download(server.url, join(place.path, 'x'), createHash('sha512').update(archive).digest('hex'));
    expect(await readFile(join(place.path, 'x'))).toEqual(archive);
  });

  test('ends with the reason of its signal', async () => {
    await using place = await temporary();
    await using server = await serve((_, response) => response.writeHead(200).flushHeaders());
    const stop = new AbortController();
    const failure = download(server.url, join(place.path, 'x'), sha256, { signal: stop.signal });
    stop.abort(new Error('the user stopped'));
    await expect(failure).rejects.toThrow('the user stopped');
  });

  test('fetches over http only', async () => {
    await using place = await temporary();
    await expect(download('file:///etc/passwd', join(place.path, 'x'), sha256)).rejects.toThrow(
      'file:///etc/passwd is no http or https address',
    );
  });
});
