import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readElf } from '../../../artifacts/elf.ts';
import { listArguments, parseTarList, refusal } from '../../../artifacts/tar-list.ts';
import { craftElf, craftTar, type Member } from '../../artifacts.ts';
import { unpack } from '../../../artifacts/unpack.ts';
import { execOk } from '../../../util/exec.ts';
import { temporary } from '../../temporary.ts';
import { reader, refused, refusing, type Target } from '../target.ts';

const archives: Member[][] = [
  [
    { path: 'bin/', type: '5' },
    { path: 'bin/runc', content: 'x'.repeat(700) },
    { path: 'bin/link', type: '2', target: 'runc' },
  ],
  [
    { path: 'a', content: '1' },
    { path: 'b', type: '1', target: 'a' },
    { path: 'd/', type: '5' },
    { path: 'd/up', type: '2', target: '../a' },
  ],
  [
    { path: 'd', type: '2', target: '/tmp' },
    { path: 'd/x', content: 'escaped' },
  ],
  [
    { path: '../outside', content: 'escaped' },
    { path: '/absolute', content: 'escaped' },
    { path: 'null', type: '3' },
  ],
];

/** Bytes as a text with one character each, so that texts and archives are changed alike. */
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A header whose checksum is right again, as otherwise tar looks at nothing. */
function withChecksums(bytes: Buffer): Buffer {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const header = bytes.subarray(at, at + 512);
    if (header.toString('latin1', 257, 262) !== 'ustar') continue;
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
  }
  return bytes;
}

async function listings(): Promise<string[]> {
  await using root = await temporary();
  const lists: string[] = [];
  for (const members of archives) {
    const archive = join(root.path, 'a.tar');
    await writeFile(archive, craftTar(members));
    lists.push(await execOk(['tar', ...listArguments, '--file', archive], { env: { LC_ALL: 'C' } }));
  }
  return lists;
}

export const archiveTargets: Target[] = [
  {
    name: 'tarball',
    corpus: async () => archives.map((members) => latin1(craftTar(members))),
    async open() {
      const root = await temporary();
      const [archive, cache] = [join(root.path, 'a.tar'), join(root.path, 'cache')];
      const target = join(cache, 'prefix');
      await mkdir(target, { recursive: true });
      await writeFile(join(cache, 'canary'), 'alive');
      return {
        async try(text) {
          await writeFile(archive, withChecksums(Buffer.from(text, 'latin1')));
          await unpack(archive, target).catch((error: unknown) => refused(/^Cannot (read|unpack) the archive /, error));
          const around = [...(await readdir(cache)), ...(await readdir(root.path))].sort().join(' ');
          if (around !== 'a.tar cache canary prefix') throw new Error(`escaped from its prefix: ${around}`);
          if ((await readFile(join(cache, 'canary'), 'utf8')) !== 'alive')
            throw new Error('the neighbour of the prefix was changed');
          if ((await readdir(target)).length === 0) return;
          await rm(target, { recursive: true });
          await mkdir(target);
        },
        [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
      };
    },
  },
  reader('tar-list', listings, (text) => {
    const entries = refusing(/^Cannot read the line /, () => parseTarList(text));
    if (entries !== undefined) refusal(entries);
  }),
  {
    name: 'elf',
    corpus: async () => [
      latin1(craftElf({ libraries: ['libc.so.6', 'libseccomp.so.2'], versions: ['GLIBC_2.38', 'GLIBC_2.34'] })),
      latin1(craftElf({ machine: 0xb7 })),
    ],
    async open() {
      const root = await temporary();
      const file = join(root.path, 'program');
      return {
        async try(text) {
          await writeFile(file, Buffer.from(text, 'latin1'));
          await readElf(file).catch((error: unknown) => refused(/^Cannot read the ELF file /, error));
        },
        [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
      };
    },
  },
];
