import type { Remote } from '../hosts/host.ts';
import { HostReport } from '../model/host-report.ts';
import { sandboxProcesses } from './host-processes.ts';
import { deviceNode, mounts, partitions, serialOf } from './proc.ts';
import { filesOf, firstIssue, parseRows, valuesOf, type Row } from './rows.ts';
import { placesOf, runtimeTraces, type RuntimePlaces, type RuntimeTraces } from './runtime-state.ts';
import { sweepArgv } from './script.ts';

/** What Firecracker takes of an id, which still is that of one sandbox. */
const shortId = 32;

/** Ids as the CRI gave them; both empty when there is no pod, as before a launch. */
export interface SandboxIds {
  sandboxId: string;
  containerId: string;
}

export interface SweepOptions {
  signal?: AbortSignal | undefined;
  /** Directories outside of /dev whose nodes are listed too. */
  directories?: readonly string[];
}

/** The same, and what tells which runtime its container has. */
export interface PodSweep {
  host: HostReport;
  runtime: RuntimeTraces;
}

/**
 * What the host shows of one sandbox, gathered in one exec with the host's busybox: processes and mounts of that sandbox,
 * and, of the whole host, device nodes, accounts made by Kata, /run/user, network namespaces and loop devices.
 */
export async function sweepHost(remote: Remote, ids: SandboxIds, options: SweepOptions = {}): Promise<HostReport> {
  return parseHost(await sweep(remote, ids, options), ids);
}

/** In the same exec. `places` are those of an engine. */
export async function sweepPod(
  remote: Remote,
  ids: SandboxIds,
  places: RuntimePlaces,
  options: SweepOptions = {},
): Promise<PodSweep> {
  const own = placesOf(places, ids.containerId);
  const rows = sweepRows(await sweep(remote, ids, options, own));
  return { host: hostReport(rows, ids), runtime: runtimeTraces(rows, own) };
}

async function sweep(
  remote: Remote,
  ids: SandboxIds,
  { signal, directories }: SweepOptions,
  own?: RuntimePlaces,
): Promise<string> {
  const result = await remote.exec(await sweepArgv(ids, own, directories), signal === undefined ? {} : { signal });
  signal?.throwIfAborted();
  if (result.exitCode !== 0) {
    const words = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`Cannot sweep the host: busybox sh ended with ${result.exitCode ?? 'no exit code'}: ${words.slice(0, 400)}`);
  }
  return result.stdout;
}

function sweepRows(output: string): Row[] {
  return parseRows(output, 'the sweep of the host');
}

/** The sweep's output as facts. Throws an Error of one sentence that names the place; the output is untrusted. */
export function parseHost(output: string, ids: SandboxIds): HostReport {
  return hostReport(sweepRows(output), ids);
}

function hostReport(rows: readonly Row[], ids: SandboxIds): HostReport {
  const files = filesOf(rows);
  const mounted = mounts(files.get('/proc/self/mounts') ?? []);
  const named = [ids.sandboxId.slice(0, shortId), ids.containerId].filter((id) => id !== '');
  const nodes = rows.filter(({ kind }) => kind === 'dev');
  const ofUsers = ({ fields: [, , , , , path] }: Row): boolean => path?.startsWith('/run/user/') === true;
  const report = HostReport.safeParse({
    kernel: files.get('/proc/sys/kernel/osrelease')?.[0],
    bootId: (files.get('/proc/sys/kernel/random/boot_id') ?? [])[0] ?? '',
    dev: nodes.filter((node) => !ofUsers(node)).map(deviceNode),
    disks: partitions(files.get('/proc/partitions') ?? []).map(({ name, blocks }) => ({
      name,
      blocks,
      serial: serialOf(files, name),
    })),
    processes: sandboxProcesses(rows, named),
    users: kataUsers(files.get('/etc/passwd') ?? []),
    runUser: nodes.filter(ofUsers).map(deviceNode),
    runVc: rows.filter(({ kind }) => kind === 'vc').map(deviceNode),
    mounts: mounted.filter(({ target }) => named.some((id) => target.includes(id))),
    mountCount: mounted.length,
    netns: [
      ...new Set([...valuesOf(rows, 'netns'), ...mounted.filter(({ fstype }) => fstype === 'nsfs').map(({ target }) => target)]),
    ],
    loops: loops(files),
  });
  if (!report.success) throw new Error(`Cannot read the sweep of the host: ${firstIssue(report.error)}`);
  return report.data;
}

/** Kata names the account of a rootless VMM kata-N and removes it with the sandbox. */
function kataUsers(passwd: readonly string[]): HostReport['users'] {
  return passwd
    .map((line) => line.split(':'))
    .filter(([name = '']) => /^kata-\d+$/.test(name))
    .map(([name = '', , uid, gid, comment = '']) => ({ name, uid: Number(uid), gid: Number(gid), comment }));
}

function loops(files: ReadonlyMap<string, string[]>): string[] {
  return [...files].flatMap(([path, [backing = '']]) => {
    const name = /^\/sys\/block\/(loop\d+)\/loop\/backing_file$/.exec(path)?.[1];
    return name === undefined ? [] : [`/dev/${name}: ${backing}`];
  });
}
