import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BlockedError } from '../util/errors.ts';
import { timeoutFactor } from '../util/wait.ts';
import { blamingDisk } from './disk.ts';
import { fileSum } from './inventory.ts';
import { bodyOf, Refusal, request, sizeOf, transfer, type DownloadOptions, type Part } from './transfer.ts';

/**
 * Fetches a file whose checksum is known: 64 hexadecimal digits are its sha256, 128 its sha512. What a broken connection left is
 * resumed, by this call until three tries in a row bring nothing, and by a later one. Throws an Error that says why not; `file`
 * appears only when its checksum is right.
 */
export async function download(url: string, file: string, sum: string, options: Partial<DownloadOptions> = {}): Promise<void> {
  const directory = await claim(file);
  const part: Part = { data: join(directory, 'data'), validator: join(directory, 'validator') };
  const deadline = AbortSignal.timeout((options.timeoutMs ?? 3_600_000) * timeoutFactor);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const full: DownloadOptions = { ...options, stallMs: (options.stallMs ?? 60_000) * timeoutFactor };
  let resumed = (await sizeOf(part.data)) > 0;
  const whole = async (): Promise<string> => {
    for (let idle = 0; ;) {
      const before = await sizeOf(part.data);
      try {
        await transfer(url, part, full, signal);
        return await fileSum(part.data, sum.length === 128 ? 'sha512' : 'sha256');
      } catch (error) {
        options.signal?.throwIfAborted();
        if (deadline.aborted) throw new Error(`${url} took too long`, { cause: error });
        const plain = blamingDisk(error, url, directory);
        // A broken stream loses what was not written yet, so that even a good try may bring nothing.
        resumed = true;
        idle = (await sizeOf(part.data)) > before ? 0 : idle + 1;
        if (plain instanceof Refusal || plain instanceof BlockedError || idle === 3) throw plain;
      }
    }
  };
  let found = await whole().catch(async (error: unknown) => {
    // Where nothing came there is nothing to resume.
    if ((await sizeOf(part.data)) === 0) await rm(directory, { recursive: true, force: true });
    throw error;
  });
  if (found !== sum && resumed) {
    // The two ends may be of two files, from a server that does not say so.
    await rm(part.data, { force: true });
    found = await whole();
  }
  if (found === sum) await rename(part.data, file);
  await rm(directory, { recursive: true, force: true });
  if (found !== sum) throw new WrongSum(`${url} has the ${sum.length === 128 ? 'sha512' : 'sha256'} ${found}, not ${sum}`);
}

/** The file is not the one that was published, or not the one that matrix.json means. */
export class WrongSum extends Error {}

/** A directory for the parts of this process alone: one that a process left which is no more, or a new one. */
async function claim(file: string): Promise<string> {
  const own = `${file}.part-${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  const left = (await readdir(dirname(file))).filter((name) => {
    const pid = Number(new RegExp(`^\\.part-(\\d+)$`).exec(name.slice(basename(file).length))?.[1]);
    return name.startsWith(basename(file)) && pid > 0 && !isAlive(pid);
  });
  // Another process may be faster; what it took is gone from here.
  for (const name of left) await rename(join(dirname(file), name), own).catch(() => undefined);
  await mkdir(own, { recursive: true });
  return own;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
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
