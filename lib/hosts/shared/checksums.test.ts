import { createHash } from 'node:crypto';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { exec } from '../../util/exec.ts';
import { checksums } from './checksums.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** This machine as a host, and the programs that it was asked for. */
function host() {
  const asked: string[] = [];
  const here: { exec: typeof exec } = {
    exec: (argv, options) => {
      asked.push(String(argv[0]));
      return exec(argv, options);
    },
  };
  return { here, asked };
}

test('a file is read once, by whatever path, and again when it is another one', async () => {
  await using place = await temporary();
  const file = join(place.path, 'engine');
  await writeFile(file, 'one');
  const { here, asked } = host();
  expect(await checksums(here, [file, join(place.path, 'none'), ''])).toEqual(new Map([[file, sha256('one')]]));
  const again = `${place.path}/../${place.path.split('/').at(-1)}/engine`;
  expect(await checksums(here, [again])).toEqual(new Map([[again, sha256('one')]]));
  expect(asked).toEqual(['stat', 'sha256sum', 'stat']);
  await writeFile(`${file}.new`, 'two');
  await rename(`${file}.new`, file);
  expect(await checksums(here, [file])).toEqual(new Map([[file, sha256('two')]]));
});

test('a file whose content was changed is read again, whatever time it says that it has', async () => {
  await using place = await temporary();
  const file = join(place.path, 'engine');
  await writeFile(file, 'one');
  await utimes(file, 1_000, 1_000);
  const { here } = host();
  expect((await checksums(here, [file])).get(file)).toBe(sha256('one'));
  await writeFile(file, 'two');
  await utimes(file, 1_000, 1_000);
  expect((await checksums(here, [file])).get(file)).toBe(sha256('two'));
});

test('what is known of one host says nothing of another', async () => {
  await using place = await temporary();
  const file = join(place.path, 'engine');
  await writeFile(file, 'one');
  await checksums(host().here, [file]);
  const other = host();
  await checksums(other.here, [file]);
  expect(other.asked).toEqual(['stat', 'sha256sum']);
});
