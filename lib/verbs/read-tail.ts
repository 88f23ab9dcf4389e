import type { Readable } from 'node:stream';

/** The end of a stream as text, of at most so many bytes; what comes before is dropped as it arrives. */
export async function readTail(stream: Readable, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const part = Buffer.from(chunk as Uint8Array);
    chunks.push(part);
    size += part.length;
    while (chunks.length > 1 && size - (chunks[0]?.length ?? 0) >= bytes) size -= chunks.shift()?.length ?? 0;
  }
  return Buffer.concat(chunks).subarray(-bytes).toString('utf8');
}
