import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { BlockedError } from '../util/errors.ts';

/** One regular file or link of a prefix. Directories carry nothing that a checksum should know. */
interface Entry {
  /** Relative to the prefix. */
  path: string;
  link: boolean;
  mode: number;
  size: number;
  mtimeMs: number;
}

/** Every regular file and link of a prefix, sorted by path. Other kinds of files are refused: no artifact has them. */
async function walk(directory: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const child of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = join(folder, child.name);
      if (child.isDirectory()) pending.push(path);
      else if (child.isFile() || child.isSymbolicLink()) {
        const { mode, size, mtimeMs } = await lstat(join(directory, path));
        entries.push({ path, link: child.isSymbolicLink(), mode: mode & 0o7777, size, mtimeMs });
      } else
        throw new BlockedError(`${join(directory, path)} is neither a file nor a link`, {
          remedy: 'remove it from the artifact',
        });
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Changes when a file of the prefix changes, by size and time: cheap, unlike the checksum. */
export async function fingerprint(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, link, mode, size, mtimeMs } of await walk(directory))
    hash.update(`${path}\0${link}\0${mode}\0${size}\0${mtimeMs}\0`);
  return hash.digest('hex');
}

/** sha256 over the sorted (path, mode, content) of every regular file and (path, target) of every link. */
export async function checksum(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, link, mode } of await walk(directory)) {
    const file = join(directory, path);
    if (link) hash.update(`${path}\0link\0${await readlink(file)}\0`);
    else hash.update(`${path}\0${mode.toString(8)}\0${await fileSha256(file)}\0`);
  }
  return hash.digest('hex');
}

/** sha256 of one file, as 64 hexadecimal digits. */
export function fileSha256(file: string): Promise<string> {
  return fileSum(file, 'sha256');
}

export async function fileSum(file: string, algorithm: 'sha256' | 'sha512'): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Executables of a prefix by base name: ELF files and scripts with an execute bit, and links to them inside the prefix.
 * Of two with one name the one nearer to the root is taken.
 */
export async function findBinaries(directory: string): Promise<Record<string, string>> {
  const binaries = new Map<string, string>();
  const root = await realpath(directory);
  const depth = (path: string): number => path.split(sep).length;
  for (const { path } of (await walk(directory)).sort((a, b) => depth(a.path) - depth(b.path))) {
    if (!binaries.has(basename(path)) && (await isExecutable(root, path))) binaries.set(basename(path), path);
  }
  return Object.fromEntries([...binaries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a path of the prefix `root`, which is a real path, is a program or a link to one inside it. */
export async function isExecutable(root: string, path: string): Promise<boolean> {
  const file = await realpath(join(root, path)).catch(() => undefined);
  if (file === undefined || relative(root, file).startsWith('../')) return false;
  const facts = await stat(file);
  if (!facts.isFile() || (facts.mode & 0o111) === 0) return false;
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  const head = buffer.subarray(0, bytesRead).toString('latin1');
  return head === '\x7fELF' || head.startsWith('#!');
}
