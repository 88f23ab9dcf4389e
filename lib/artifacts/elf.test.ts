import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ElfFacts } from './elf.ts';
import { readElf } from './elf.ts';
import { reasonNotRunnable } from './inspect.ts';
import { craftElf } from '../testing/artifacts.ts';
import { temporary } from '../testing/temporary.ts';

async function read(content: Buffer | string): Promise<ElfFacts | undefined> {
  await using place = await temporary();
  await writeFile(join(place.path, 'program'), content);
  return await readElf(join(place.path, 'program'));
}

describe('readElf', () => {
  test('reads architecture, loader, libraries and the newest glibc version', async () => {
    const libraries = ['libseccomp.so.2', 'libc.so.6'];
    expect(await read(craftElf({ libraries, versions: ['GLIBC_2.4', 'GLIBC_2.38', 'GLIBC_2.9', 'GLIBC_PRIVATE'] }))).toEqual({
      architecture: 'x86_64',
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      libraries,
      glibc: '2.38',
    });
  });

  test('agrees about this node with the machine that runs it', async () => {
    const machines: Partial<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
    expect((await readElf(process.execPath))?.architecture).toBe(machines[process.arch]);
  });

  test('finds no glibc in a program that asks for none', async () => {
    expect(await read(craftElf({ machine: 0xb7 }))).toMatchObject({ architecture: 'aarch64', libraries: [] });
  });

  test('is silent about scripts and empty files', async () => {
    expect(await read('#!/bin/sh\n')).toBeUndefined();
    expect(await read('')).toBeUndefined();
  });

  test('names a damaged file', async () => {
    const elf = craftElf({ libraries: ['libc.so.6'] });
    elf.writeBigUInt64LE(0xffff_ffff_ffffn, 32);
    await expect(read(elf)).rejects.toThrow(/^Cannot read the ELF file .*program: it is damaged$/);
  });

  test('answers any damage with facts or an error, quickly', async () => {
    const elf = craftElf({ libraries: ['libc.so.6'], versions: ['GLIBC_2.38'] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(elf.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        async (changes) => {
          const damaged = Buffer.from(elf);
          for (const [at, byte] of changes) damaged[at] = byte;
          await read(damaged).catch((error: unknown) => expect(String(error)).toContain('it is damaged'));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a table whose entries overlap, millions of them in 64 KiB, is damaged and does not hang the reader', async () => {
    await using place = await temporary();
    const file = join(place.path, 'runc');
    const versions = Array.from({ length: 4_000 }, (_, index) => `GLIBC_2.${index}`);
    const program = craftElf({ libraries: ['libc.so.6'], versions });
    const dynamic = program.indexOf(Buffer.from(new BigUint64Array([0x6fffffffn, 1n]).buffer));
    program.writeBigUInt64LE(0xffffffffn, dynamic + 8);
    // The first table: each entry is a library, and a version of all libraries before it.
    const first = program.indexOf(Buffer.from([1, 0, versions.length & 0xff, versions.length >> 8, 0, 0, 0, 0]));
    for (let at = first; at < first + 60_000; at += 16) {
      program.writeUInt16LE(0xffff, at + 2);
      program.writeUInt32LE(16, at + 8);
      program.writeUInt32LE(16, at + 12);
    }
    await writeFile(file, program);
    await expect(readElf(file)).rejects.toThrow(/is damaged$/);
  });
});

describe('reasonNotRunnable', () => {
  const artifact = (directory: string) => ({
    name: 'runc',
    version: '1.1.15',
    directory,
    sha256: '',
    source: '',
    binaries: { runc: 'runc' },
  });

  test.each([
    [{ architecture: 'x86_64', glibc: '2.36' }, 'runc 1.1.15: runc needs glibc 2.38, the host has 2.36'],
    [{ architecture: 'x86_64', glibc: '2.41' }, undefined],
    [{ architecture: 'x86_64', glibc: '2.38' }, undefined],
    [{ architecture: 'aarch64', glibc: '2.41' }, 'runc 1.1.15: runc is built for x86_64, the host is aarch64'],
    [{ architecture: 'x86_64', glibc: 'unknown' }, undefined],
  ])('says of the host %j: %s', async (host, why) => {
    await using place = await temporary();
    await writeFile(
      join(place.path, 'runc'),
      craftElf({ libraries: ['libc.so.6', 'libseccomp.so.2'], versions: ['GLIBC_2.38'] }),
    );
    expect(await reasonNotRunnable(artifact(place.path), host)).toBe(why);
    expect(await reasonNotRunnable(artifact(place.path), host, ['other'])).toBeUndefined();
  });
});
