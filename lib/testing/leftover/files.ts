import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEntries } from '../../hosts/shared/ledger.ts';
import { leftovers, type Leftover } from './leftover.ts';
import { isRunning } from '../../hosts/shared/process-identity.ts';

/** What stays on purpose: caches of the interpreter and of unpacked artifacts, what pods took here before, and the files that locks are taken on. */
const kept = /^(tsx-\d+|node-compile-cache|machine\.(lock|json)|costs\.(lock|json)|locks|in-place)$/;

/** Unfinished work, overlays, temporary files and keys below one of our directories. */
export async function files(root: string): Promise<Leftover[]> {
  const finished = new Set(['images', 'snapshots', 'artifacts', 'disks', 'downloads']);
  const found: Leftover[] = [];
  for (const name of await names(root)) {
    if (kept.test(name)) continue;
    if (name === 'ledger.ndjson') {
      found.push(...(await ledgerEntries(join(root, name))));
      continue;
    }
    if (name === 'leases' || finished.has(name)) {
      // What was finished stays in the cache under its own name.
      const inside = await names(join(root, name));
      const unfinished = inside.filter((each) => name === 'leases' || /^(podproof-|\.new-)/.test(each));
      found.push(
        ...leftovers(
          'file',
          unfinished.map((each) => join(root, name, each)),
        ),
      );
    } else found.push({ kind: 'file', what: join(root, name) });
  }
  const inside = await Promise.all(found.map(({ what }) => tree(what, 3)));
  const keys = inside.flat().filter((path) => /\/(identity|host_key|podproof_host_key)$/.test(path));
  return [...found, ...leftovers('key', keys)];
}

/** What a ledger has open although its owner is gone. */
async function ledgerEntries(file: string): Promise<Leftover[]> {
  const found = await Promise.all(
    openEntries(await readFile(file, 'utf8').catch(() => '')).map(async ({ owner, entry }): Promise<Leftover[]> =>
      (await isRunning(owner)) ? [] : [{ kind: 'ledger entry', what: JSON.stringify(entry) }],
    ),
  );
  return found.flat();
}

/** Held locks on files below the roots: /proc/locks names device and inode only. */
export async function locks(table: string, roots: readonly string[]): Promise<Leftover[]> {
  const held = new Map(
    table.split('\n').flatMap((line) => {
      const match = /^\d+: (?:-> )?\S+ +\S+ +\S+ +(\d+) \S+:(\d+) /.exec(line);
      return match?.[2] === undefined ? [] : [[match[2], match[1] ?? '']];
    }),
  );
  if (held.size === 0) return [];
  const lists = await Promise.all(roots.map((root) => tree(root, 3)));
  const found = await Promise.all(
    lists.flat().map(async (path): Promise<Leftover[]> => {
      const inode = String((await lstat(path).catch(() => undefined))?.ino);
      return held.has(inode) ? [{ kind: 'lock', what: `${path}, by process ${held.get(inode)}` }] : [];
    }),
  );
  return found.flat();
}

async function tree(root: string, depth: number): Promise<string[]> {
  const below = depth === 0 ? [] : await names(root);
  return [root, ...(await Promise.all(below.map((name) => tree(join(root, name), depth - 1)))).flat()];
}

/** What a directory has, in order; nothing where it is not there. */
export async function names(directory: string): Promise<string[]> {
  const found: string[] = await readdir(directory).catch(() => []);
  return found.sort((a, b) => (a < b ? -1 : 1));
}
