import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processStream } from './process-stream.ts';

test('a stream closes when its process ends well, as nobody is left to write to', async () => {
  const stream = processStream(['printf', 'last words']);
  const read: Buffer[] = [];
  stream.on('data', (data: Buffer) => read.push(data));
  await once(stream, 'close');
  expect(Buffer.concat(read).toString()).toBe('last words');
  expect(stream.destroyed).toBe(true);
});

test('a stream fails with the last words of a process that failed', async () => {
  const stream = processStream(['sh', '-c', 'echo first >&2; echo no such socket >&2; exit 1']);
  const [error] = await once(stream.resume(), 'error');
  expect(error).toEqual(new Error('no such socket'));
});
