import { expect, test } from 'vitest';
import { oncePerKey } from './once-per-key.ts';

test('work under one key is done once, also while it is under way', async () => {
  const done: string[] = [];
  const work = oncePerKey(async (key: string) => done.push(key));
  expect(await Promise.all([work('a'), work('a'), work('b')])).toEqual([1, 1, 2]);
  expect(done).toEqual(['a', 'b']);
});

test('work that failed is tried again', async () => {
  let tries = 0;
  const work = oncePerKey(async () => {
    if (++tries === 1) throw new Error('not yet');
    return tries;
  });
  await expect(work('a')).rejects.toThrow('not yet');
  expect(await work('a')).toBe(2);
});
