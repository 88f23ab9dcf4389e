import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { mountPoints } from '../../hosts/shared/clean.ts';
import { containers } from './containers.ts';
import { files, locks, names } from './files.ts';
import { leftovers, type Leftover } from './leftover.ts';

export interface LeftoverScope {
  /** Directories of ours: whatever is mounted, listens, is locked or backs a device below them is ours. */
  roots: readonly string[];
  /** `NAME=value` in the environment of every process that a run started, so that a run is swept among others. */
  environment?: string;
  /** Where the machine's /proc, /sys, /etc and /run are; for tests of what only root can plant. */
  machine?: string;
  /** Socket of the container daemon. */
  docker?: string;
  /** Others use this machine: what carries no path of ours, like accounts, links and containers, is left out. */
  amongOthers?: boolean;
  /** What was there before. */
  before?: readonly Leftover[];
}

/** Names that nothing but podproof, or a runtime that it ran, gives. */
const isOurs = (name: string): boolean => /^(podproof|kata-\d+$|pp-)/.test(name);

/**
 * Looks for everything that a run can leave on this machine: processes, sockets, mounts, loop devices, users, network
 * namespaces and links, overlays and temporary files, keys, held locks, containers. Reads only.
 */
export async function findLeftovers(scope: LeftoverScope): Promise<Leftover[]> {
  const at = (path: string): string => join(scope.machine ?? '/', path);
  const below = (path: string): boolean => scope.roots.some((root) => path === root || path.startsWith(root + sep));
  const text = (path: string): Promise<string> => readFile(at(path), 'utf8').catch(() => '');
  const found = await Promise.all([
    processes(at('proc'), scope),
    text('proc/net/unix').then((table) => leftovers('socket', sockets(table).filter(below))),
    text('proc/self/mountinfo').then((table) => leftovers('mount', mountPoints(table).filter(below))),
    loops(at('sys/block')).then((list) => {
      const own = list.filter(({ backing }) => below(backing) || (scope.amongOthers !== true && backing.includes('podproof')));
      return leftovers(
        'loop device',
        own.map(({ name, backing }) => `${name}: ${backing}`),
      );
    }),
    text('etc/passwd').then((table) =>
      leftovers(
        'user',
        table
          .split('\n')
          .map((line) => line.split(':')[0] ?? '')
          .filter(isOurs),
      ),
    ),
    names(at('run/netns')).then((list) => leftovers('network namespace', list.filter(isOurs))),
    names(at('sys/class/net')).then((list) => leftovers('link', list.filter(isOurs))),
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

async function processes(proc: string, { roots, environment }: LeftoverScope): Promise<Leftover[]> {
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
