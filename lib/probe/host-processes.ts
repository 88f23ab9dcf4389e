import { basename } from 'node:path';
import { engines, type EngineFacts } from '../engines/facts.ts';
import type { HostProcess } from '../model/host-report.ts';
import { runtimes, type RuntimeFacts } from '../runtimes/facts.ts';
import { credentials } from './proc.ts';
import { filesOf, type Row } from './rows.ts';

type Candidate = ReturnType<typeof credentials> &
  Pick<HostProcess, 'pid' | 'start' | 'comm' | 'exe' | 'argv' | 'root' | 'namespaces' | 'cpuMax'> & {
    parent: number;
    cgroup: string;
  };

/**
 * The processes that the sweep found, with their roles. A process that ended while the sweep looked has no status
 * or arguments any more, and is left out.
 */
export function sandboxProcesses(rows: readonly Row[], ids: readonly string[]): unknown[] {
  const files = filesOf(rows);
  const links = new Map(rows.filter(({ kind }) => kind === 'link').map(link));
  const quotas = new Map(rows.filter(({ kind }) => kind === 'quota').map(({ fields: [pid = '', text = ''] }) => [pid, text]));
  const candidates = rows
    .filter(({ kind }) => kind === 'argv')
    .flatMap(({ fields: [pid = '', words = ''] }): Candidate[] => {
      const status = files.get(`/proc/${pid}/status`);
      const stat = files.get(`/proc/${pid}/stat`)?.join('\n');
      if (status === undefined || stat === undefined || words === '') return [];
      // proc(5): the name in parentheses is the second field and may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const field = (number: number): number => Number(fields[number - 3]);
      return [
        {
          ...credentials(status),
          pid: Number(pid),
          parent: field(4),
          start: field(22),
          comm: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
          exe: links.get(`/proc/${pid}/exe`) ?? '',
          argv: (words.endsWith('\u0001') ? words.slice(0, -1) : words).split('\u0001'),
          root: rootOf(files.get(`/proc/${pid}/mountinfo`)),
          namespaces: ownNamespaces(pid, links),
          cpuMax: quotas
            .get(pid)
            ?.split(',')
            .filter((line) => line !== ''),
          cgroup: (files.get(`/proc/${pid}/cgroup`) ?? []).join('\n'),
        },
      ];
    });
  const byPid = new Map(candidates.map((candidate) => [candidate.pid, candidate]));
  return candidates.map(({ parent, ...facts }) => {
    const inside = ids.some((id) => facts.cgroup.includes(id)) || descendsFromShim(parent, byPid);
    return { ...facts, role: partOfRuntime(facts) ?? (inside ? 'container' : 'other') };
  });
}

/**
 * Where / of a process comes from, by its mountinfo: of a jail, a directory of the host. What was mounted last is on top. A process that
 * only waits to be reaped has none.
 */
function rootOf(mountinfo: readonly string[] = []): string | undefined {
  // proc(5): the fourth field is the root of the mount in its file system, the fifth where it is mounted.
  return mountinfo.map((line) => line.split(' ')).findLast(([, , , , target]) => target === '/')?.[3];
}

/** The namespaces of a process that are not those of the host's first one. */
function ownNamespaces(pid: string, links: ReadonlyMap<string, string>): string[] {
  return ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'].filter((name) => {
    const [own, hosts] = [pid, '1'].map((of) => links.get(`/proc/${of}/ns/${name}`) ?? '');
    return own !== '' && hosts !== '' && own !== hosts;
  });
}

/** A link below /proc and where it leads, from a row of stat(1). */
function link({ fields: [path = '', named = ''] }: Row): [string, string] {
  const before = `'${path}' -> '`;
  return [path, named.startsWith(before) ? named.replace(/\n$/, '').slice(before.length, -1) : ''];
}

/** Of each component from the most telling to the least: gVisor's sentry is a runsc too. */
const marks = [...Object.values<EngineFacts>(engines), ...Object.values<RuntimeFacts>(runtimes)].flatMap(
  ({ processes }) => processes,
);

/** By the executable; where that cannot be read, by what the process calls itself. */
function partOfRuntime({ exe, argv, comm }: Pick<Candidate, 'exe' | 'argv' | 'comm'>): HostProcess['role'] | undefined {
  const name = basename(exe.replace(/ \(deleted\)$/, '') || argv[0] || comm);
  const mark = marks.find(
    ({ program, calledItself }) => program?.test(name) === true || (calledItself !== undefined && calledItself === argv[0]),
  );
  return mark?.role ?? (isShim(argv) ? 'shim' : undefined);
}

/** A shim under whatever name is one by how engines start it (containerd core/runtime/v2/README.md, Flags). */
function isShim(argv: readonly string[]): boolean {
  return ['-namespace', '-address', '-id'].every((flag) => argv.includes(flag));
}

function descendsFromShim(pid: number, byPid: ReadonlyMap<number, Candidate>): boolean {
  const seen = new Set<number>();
  for (let at = byPid.get(pid); at !== undefined && !seen.has(at.pid); at = byPid.get(at.parent)) {
    if (partOfRuntime(at) === 'shim') return true;
    seen.add(at.pid);
  }
  return false;
}
