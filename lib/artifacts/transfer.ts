import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { messageOf } from '../util/errors.ts';
import { assertRoom } from './disk.ts';

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  /** Bytes so far and, where the server says it, of how many. */
  progress?: (bytes: number, total: number | undefined) => void;
  /** Of the whole download. Default: one hour. */
  timeoutMs?: number;
  /** Without a byte for so long the connection is given up: one minute, where nothing else is said. */
  stallMs: number;
  /** Default: 4 GiB; upstream releases stay below 2. */
  maxBytes?: number;
}

/** An answer that another try would not change. */
export class Refusal extends Error {}

/** What is there of a file: its first bytes, and by what the server will know whether it still has the same file. */
export interface Part {
  data: string;
  validator: string;
}

/** Asks for what the part still lacks. Throws when the answer breaks off; the part then has what came, and a later call goes on. */
export async function transfer(url: string, part: Part, options: DownloadOptions, signal: AbortSignal): Promise<void> {
  const stall = new AbortController();
  const from = await sizeOf(part.data);
  const response = await request(url, await rangeHeaders(part, from), AbortSignal.any([signal, stall.signal]));
  // Nothing lies beyond the part: it is whole, or it is the start of another file; the checksum tells.
  if (response.status === 416) return response.body?.cancel();
  if (response.status !== 200 && response.status !== 206) {
    await response.body?.cancel();
    throw new Refusal(`${url} answers ${response.status} ${response.statusText}`.trim());
  }
  const start = response.status === 206 ? from : 0;
  const sent = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status === 206 && sent !== undefined && Number(sent) !== from) {
    await response.body?.cancel();
    throw new Refusal(`${url} was asked for what follows byte ${from} and sends what follows byte ${sent}`);
  }
  if (start === 0) await writeFile(part.validator, validatorOf(response));
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = Number.isFinite(length) ? start + length : undefined;
  const most = options.maxBytes ?? 4 * 1024 ** 3;
  if ((total ?? 0) > most) throw new Refusal(`${url} has ${total} bytes, more than ${most}`);
  await assertRoom(url, dirname(part.data), total === undefined ? 0 : length);

  let bytes = start;
  const stallMs = options.stallMs;
  const timer = setTimeout(() => stall.abort(new Error(`${url} sent nothing for ${Math.round(stallMs / 1000)} s`)), stallMs);
  try {
    await using file = await open(part.data, start === 0 ? 'w' : 'a');
    for await (const chunk of bodyOf(response)) {
      timer.refresh();
      await file.writeFile(chunk);
      bytes += chunk.length;
      options.progress?.(bytes, total);
      if (bytes > most) throw new Refusal(`${url} has more than ${most} bytes`);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** With If-Range a server that has another file by now sends that one, whole (RFC 9110 section 13.1.5). */
async function rangeHeaders({ validator }: Part, from: number): Promise<Record<string, string>> {
  if (from === 0) return {};
  const known = await readFile(validator, 'utf8').catch(() => '');
  return { range: `bytes=${from}-`, ...(known === '' ? {} : { 'if-range': known }) };
}

/** A weak entity tag may not be used for ranges. */
function validatorOf(response: Response): string {
  const tag = response.headers.get('etag') ?? '';
  return tag.startsWith('"') ? tag : (response.headers.get('last-modified') ?? '');
}

export async function request(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  if (!/^https?:\/\//.test(url)) throw new Refusal(`${url} is no http or https address`);
  try {
    // Compressed transfer would make the range count other bytes than the file has.
    return await fetch(url, { headers: { ...headers, 'accept-encoding': 'identity' }, signal });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : '';
    throw new Error(`${url} cannot be reached: ${messageOf(error)}${cause ? ` (${cause})` : ''}`, { cause: error });
  }
}

export function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  return response.body ?? Readable.from([]);
}

export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
