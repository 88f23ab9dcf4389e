import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../util/errors.ts';
import { timeoutFactor } from '../util/wait.ts';
import { fileSha256 } from './inventory.ts';

export interface DownloadOptions {
  /** 64 hexadecimal digits. */
  sha256: string;
  signal?: AbortSignal;
  /** Bytes so far and, where the server says it, of how many. */
  progress?: (bytes: number, total: number | undefined) => void;
  /** Of the whole download. Default: one hour. */
  timeoutMs?: number;
  /** Without a byte for so long the connection is given up. Default: one minute. */
  stallMs?: number;
  /** Default: 4 GiB; upstream releases stay below 2. */
  maxBytes?: number;
}

/**
 * Fetches a file whose checksum is known. What a broken connection left in `<file>.part` is resumed, by this call until three
 * tries in a row bring nothing, and by a later one. Throws an Error that says why not; `file` appears only when its checksum is right.
 */
export async function download(url: string, file: string, options: DownloadOptions): Promise<void> {
  const part = `${file}.part`;
  await mkdir(dirname(file), { recursive: true });
  const deadline = AbortSignal.timeout((options.timeoutMs ?? 3_600_000) * timeoutFactor);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  for (let idle = 0; ;) {
    const before = await sizeOf(part);
    try {
      await fetchRest(url, part, before, options, signal);
      break;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (deadline.aborted) throw new Error(`${url} took too long`, { cause: error });
      // A broken stream loses what was not written yet, so that even a good try may bring nothing.
      idle = (await sizeOf(part)) > before ? 0 : idle + 1;
      if (error instanceof Refusal || idle === 3) throw error;
    }
  }
  const sha256 = await fileSha256(part);
  if (sha256 !== options.sha256) {
    await rm(part);
    throw new Error(`${url} has the sha256 ${sha256}, not ${options.sha256}`);
  }
  await rename(part, file);
}

/** A small text, like a checksum file; at most 1 MiB. */
export async function downloadText(url: string, signal?: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(60_000 * timeoutFactor);
  const response = await request(url, {}, signal ? AbortSignal.any([signal, deadline]) : deadline);
  if (response.status !== 200) throw new Refusal(`${url} answers ${response.status} ${response.statusText}`.trim());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(response)) {
    chunks.push(chunk);
    if ((bytes += chunk.length) > 1024 * 1024) throw new Refusal(`${url} is larger than a checksum file`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An answer that another try would not change. */
class Refusal extends Error {}

async function fetchRest(url: string, part: string, from: number, options: DownloadOptions, signal: AbortSignal): Promise<void> {
  const stall = new AbortController();
  const response = await request(url, from > 0 ? { range: `bytes=${from}-` } : {}, AbortSignal.any([signal, stall.signal]));
  // The part is whole already, or longer than the file: the checksum tells.
  if (response.status === 416) return response.body?.cancel();
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    throw new Refusal(`${url} answers ${response.status} ${response.statusText}`.trim());
  }
  // A server may ignore the range and send everything.
  const start = response.status === 206 ? from : 0;
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = Number.isFinite(length) ? start + length : undefined;
  const most = options.maxBytes ?? 4 * 1024 ** 3;
  if ((total ?? 0) > most) throw new Refusal(`${url} has ${total} bytes, more than ${most}`);

  let bytes = start;
  const stallMs = (options.stallMs ?? 60_000) * timeoutFactor;
  const timer = setTimeout(() => stall.abort(new Error(`${url} sent nothing for ${Math.round(stallMs / 1000)} s`)), stallMs);
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      timer.refresh();
      bytes += chunk.length;
      options.progress?.(bytes, total);
      done(bytes > most ? new Refusal(`${url} has more than ${most} bytes`) : null, chunk);
    },
  });
  try {
    await pipeline(bodyOf(response), counter, createWriteStream(part, { flags: start === 0 ? 'w' : 'a' }));
  } finally {
    clearTimeout(timer);
  }
}

async function request(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  if (!/^https?:\/\//.test(url)) throw new Refusal(`${url} is no http or https address`);
  try {
    // Compressed transfer would make the range count other bytes than the file has.
    return await fetch(url, { headers: { ...headers, 'accept-encoding': 'identity' }, signal });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : '';
    throw new Error(`${url} cannot be reached: ${messageOf(error)}${cause ? ` (${cause})` : ''}`, { cause: error });
  }
}

function bodyOf(response: Response): Readable {
  return response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
