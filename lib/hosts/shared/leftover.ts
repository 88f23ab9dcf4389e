import { lstat, readFile, readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join, sep } from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { mountPoints } from './clean.ts';
import { openEntries } from './ledger.ts';
import { isRunning } from './process-identity.ts';

/** Something that outlived the run that made it. */
export interface Leftover {
  kind:
    | 'process'
    | 'socket'
    | 'mount'
    | 'loop device'
    | 'user'
    | 'network namespace'
    | 'link'
    | 'file'
    | 'key'
    | 'lock'
    | 'container'
    | 'ledger entry';
  what: string;
}

export interface SweepScope {
  /** Directories of ours: whatever is mounted, listens, is locked or backs a device below them is ours. */
  roots: readonly string[];
  /** `NAME=value` in the environment of every process that a run started, so that a run is swept among others. */
  environment?: string;
  /** Where the machine's /proc, /sys, /etc and /run stand; for tests of what only root can plant. */
  machine?: string;
  /** Socket of the container daemon. */
  docker?: string;
  /** Others use this machine: what carries no path of ours, like accounts, links and containers, is left out. */
  amongOthers?: boolean;
  /** What was there before. */
  before?: readonly Leftover[];
}

/** What stays on purpose: caches of the interpreter and of unpacked artifacts, what pods took here before, and the files that locks are taken on. */
const kept = /^(tsx-\d+|node-compile-cache|machine\.(lock|json)|costs\.(lock|json)|locks|in-place)$/;
/** Names that nothing but podproof, or a runtime that it ran, gives. */
const ours = /^(podproof|kata-\d+$|pp-)/;

/**
 * Looks for everything that a run can leave on this machine: processes, sockets, mounts, loop devices, users, network
 * namespaces and links, overlays and temporary files, keys, held locks, containers. Reads only.
 */
export async function sweep(scope: SweepScope): Promise<Leftover[]> {
  const at = (path: string): string => join(scope.machine ?? '/', path);
  const below = (path: string): boolean => scope.roots.some((root) => path === root || path.startsWith(root + sep));
  const text = (path: string): Promise<string> => readFile(at(path), 'utf8').catch(() => '');
  const found = await Promise.all([
    processes(at('proc'), scope),
    text('proc/net/unix').then((table) =>
      sockets(table)
        .filter(below)
        .map((what): Leftover => ({ kind: 'socket', what })),
    ),
    text('proc/self/mountinfo').then((table) =>
      mountPoints(table)
        .filter(below)
        .map((what): Leftover => ({ kind: 'mount', what })),
    ),
    loops(at('sys/block')).then((list) =>
      list
        .filter(({ backing }) => below(backing) || (scope.amongOthers !== true && backing.includes('podproof')))
        .map(({ name, backing }): Leftover => ({ kind: 'loop device', what: `${name}: ${backing}` })),
    ),
    text('etc/passwd').then((table) =>
      table
        .split('\n')
        .map((line) => line.split(':')[0] ?? '')
        .filter((name) => ours.test(name))
        .map((what): Leftover => ({ kind: 'user', what })),
    ),
    names(at('run/netns')).then((list) =>
      list.filter((name) => ours.test(name)).map((what): Leftover => ({ kind: 'network namespace', what })),
    ),
    names(at('sys/class/net')).then((list) =>
      list.filter((name) => ours.test(name)).map((what): Leftover => ({ kind: 'link', what })),
    ),
    text('proc/locks').then((table) => locks(table, scope.roots)),
    ...scope.roots.map(files),
    containers(scope.docker ?? '/var/run/docker.sock'),
  ]);
  const before = new Set((scope.before ?? []).map(key));
  return found
    .flat()
    .filter((leftover) => !before.has(key(leftover)) && !(scope.amongOthers === true && anonymous.includes(leftover.kind)));
}

const anonymous: ReadonlyArray<Leftover['kind']> = ['user', 'network namespace', 'link', 'container'];

const key = ({ kind, what }: Leftover): string => `${kind} ${what}`;

async function processes(proc: string, { roots, environment }: SweepScope): Promise<Leftover[]> {
  const read = (pid: string, file: string): Promise<string[]> =>
    readFile(join(proc, pid, file), 'utf8').then(
      (text) => text.split('\0'),
      () => [],
    );
  const list = (await names(proc)).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    list.map(async (pid): Promise<Leftover[]> => {
      const [argv, variables] = await Promise.all([read(pid, 'cmdline'), read(pid, 'environ')]);
      const marked =
        environment === undefined
          ? argv.some((word) => roots.some((root) => word.includes(root)))
          : variables.includes(environment);
      // A zombie has neither arguments nor environment and waits for its parent only.
      return marked ? [{ kind: 'process', what: `${pid} ${argv.join(' ').trim().slice(0, 200)}` }] : [];
    }),
  );
  return found.flat();
}

/** Paths of the sockets that are bound: the eighth column of /proc/net/unix (proc(5)). */
function sockets(table: string): string[] {
  return [...new Set(table.split('\n').flatMap((line) => line.trim().split(/\s+/).slice(7).join(' ') || []))];
}

async function loops(block: string): Promise<Array<{ name: string; backing: string }>> {
  const devices = (await names(block)).filter((name) => /^loop\d+$/.test(name));
  const list = await Promise.all(
    devices.map(async (name) => ({
      name,
      backing: (await readFile(join(block, name, 'loop/backing_file'), 'utf8').catch(() => '')).trim(),
    })),
  );
  return list.filter(({ backing }) => backing !== '');
}

/** Held locks on files below the roots: /proc/locks names device and inode only. */
async function locks(table: string, roots: readonly string[]): Promise<Leftover[]> {
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

/** Unfinished work, overlays, temporary files and keys below one of our directories. */
async function files(root: string): Promise<Leftover[]> {
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
      found.push(...unfinished.map((each): Leftover => ({ kind: 'file', what: join(root, name, each) })));
    } else found.push({ kind: 'file', what: join(root, name) });
  }
  const inside = await Promise.all(found.map(({ what }) => tree(what, 3)));
  const keys = inside.flat().filter((path) => /\/(identity|host_key|podproof_host_key)$/.test(path));
  return [...found, ...keys.map((what): Leftover => ({ kind: 'key', what }))];
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

async function tree(root: string, depth: number): Promise<string[]> {
  const below = depth === 0 ? [] : await names(root);
  return [root, ...(await Promise.all(below.map((name) => tree(join(root, name), depth - 1)))).flat()];
}

/** Containers and volumes that carry the label of our leases, as the daemon itself lists them; none where there is no daemon. */
async function containers(socketPath: string): Promise<Leftover[]> {
  const filter = encodeURIComponent(JSON.stringify({ label: ['podproof.token'] }));
  const ask = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, path }, (response) => void json(response).then(resolve, reject));
      asked.setTimeout(10_000, () => asked.destroy(new Error(`${socketPath} does not answer`)));
      // Without a daemon, or without the right to ask it, none of these containers is ours.
      asked.on('error', (error: NodeJS.ErrnoException) =>
        ['ENOENT', 'ECONNREFUSED', 'EACCES'].includes(error.code ?? '') ? resolve(undefined) : reject(error),
      );
      asked.end();
    });
  const [list, volumes] = await Promise.all([ask(`/containers/json?all=1&filters=${filter}`), ask(`/volumes?filters=${filter}`)]);
  return [
    ...(Containers.safeParse(list).data ?? []).map(({ Id }): Leftover => ({
      kind: 'container',
      what: `container ${Id.slice(0, 12)}`,
    })),
    ...(Volumes.safeParse(volumes).data?.Volumes ?? []).map(({ Name }): Leftover => ({
      kind: 'container',
      what: `volume ${Name}`,
    })),
  ];
}

const Containers = z.array(z.object({ Id: z.string() }));
const Volumes = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() });

async function names(directory: string): Promise<string[]> {
  const found: string[] = await readdir(directory).catch(() => []);
  return found.sort((a, b) => (a < b ? -1 : 1));
}
