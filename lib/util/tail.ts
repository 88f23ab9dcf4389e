import { open } from 'node:fs/promises';

/** The end of a file as latin1, at most `bytes` of it: a log may be larger than memory. Empty for a file that is not there. */
export async function tailOf(path: string, bytes = 256 * 1024): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
