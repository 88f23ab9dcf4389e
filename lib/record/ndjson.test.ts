import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exec } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';
import { z } from 'zod';
import { appendRecord, mendTail, readRecords } from './ndjson.ts';

const Record = z.object({ n: z.number() });
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'podproof-ndjson-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('records read back in the order they were appended', async () => {
  const file = join(directory, 'deep/er/records.ndjson');
  for (const n of [1, 2, 3]) appendRecord(file, { n });
  expect(await readRecords(file, Record)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test('a torn last line is dropped, and mended before the next append', async () => {
  const file = join(directory, 'records.ndjson');
  appendRecord(file, { n: 1 });
  await appendFile(file, '{"n":');
  expect(await readRecords(file, Record)).toEqual([{ n: 1 }]);
  await mendTail(file);
  appendRecord(file, { n: 2 });
  expect(await readRecords(file, Record)).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await readFile(file, 'utf8')).toBe('{"n":1}\n{"n":2}\n');
});

test('a line that is whole and wrong is an error with its place', async () => {
  const file = join(directory, 'records.ndjson');
  await appendFile(file, '{"n":1}\n{"n":"one"}\n');
  await expect(readRecords(file, Record)).rejects.toThrow(`Cannot read ${file}:2: n: `);
});

test('a file that is not there has no records', async () => {
  expect(await readRecords(join(directory, 'none.ndjson'), Record)).toEqual([]);
});

test('a record for which there is no room by half is taken back, so that the next one starts a line of its own', async () => {
  const file = join(directory, 'records.ndjson');
  appendRecord(file, { n: 1 });
  const program = [
    `const { appendRecord } = await import('${join(packageRoot, 'lib/record/ndjson.ts')}');`,
    `appendRecord('${file}', { n: 2, padding: 'x'.repeat(100_000) });`,
  ].join('\n');
  // A limit on the size of files, in blocks of 512 bytes: the kernel writes up to it and refuses the rest.
  const shell = `ulimit -f 8; exec "$0" --import tsx --input-type=module -e "$1"`;
  const { exitCode, stderr } = await exec(['sh', '-c', shell, process.execPath, program], { cwd: packageRoot });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('EFBIG');
  appendRecord(file, { n: 3 });
  expect(await readRecords(file, Record)).toEqual([{ n: 1 }, { n: 3 }]);
});

test('bytes that are no UTF-8 are read as replacement characters', async () => {
  const file = join(directory, 'records.ndjson');
  await appendFile(file, Buffer.concat([Buffer.from('{"n":1,"s":"a'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from('b"}\n')]));
  expect(await readRecords(file, z.object({ s: z.string() }))).toEqual([{ s: 'a\ufffd\ufffd(b' }]);
});
