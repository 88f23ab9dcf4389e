import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { tailOf } from './tail.ts';

it('reads the end of a file, the whole of a small one, and nothing of one that is not there', async () => {
  await using place = await temporary();
  const file = join(place.path, 'log');
  await writeFile(file, 'one\ntwo\n');
  expect(await tailOf(file)).toBe('one\ntwo\n');
  expect(await tailOf(file, 4)).toBe('two\n');
  expect(await tailOf(join(place.path, 'none'))).toBe('');
});

it('reads a console that was flooded with more than fits into memory', async () => {
  await using place = await temporary();
  const file = join(place.path, 'console');
  await writeFile(file, '');
  // Sparse: it takes no room.
  await truncate(file, 64 * 1024 ** 3);
  await writeFile(file, 'Kernel panic', { flag: 'a' });
  expect(await tailOf(file)).toMatch(/Kernel panic$/);
});
