import { lstat, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { unusedSince, type CacheEntry } from '../../util/cache.ts';
import { BlockedError, messageOf, UsageError } from '../../util/errors.ts';
import { waitFor } from '../../util/wait.ts';
import { removeContainers } from '../container/runtime.ts';
import { markDone, ownDirectories, readLedger } from './ledger.ts';
import type { LedgerEntry, OpenEntry } from './ledger.ts';
import { releaseMachine } from '../borrowed/release.ts';
import { findByToken, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { connectRemote } from './remote.ts';
import { removeTree } from './remove-tree.ts';
import { buildPrefix } from '../image/unprivileged.ts';

export interface CleanOptions {
  /** Only says what would be done. */
  dryRun?: boolean;
  /** Also undoes what belongs to runs that are still alive. */
  all?: boolean;
}

export interface Cleaned {
  run: string;
  entry: LedgerEntry;
  outcome:
    | 'removed'
    | 'would be removed'
    | 'was gone'
    | 'in use by a running podproof'
    | 'failed'
    | 'forgotten'
    | 'would be forgotten';
  /** What went wrong, or which processes were ended. */
  detail: string;
}

/** Undoes what runs left behind, newest first. Idempotent: a failed entry stays in the ledger for the next time. */
export async function clean(options: CleanOptions = {}): Promise<Cleaned[]> {
  const report: Cleaned[] = [];
  for (const open of (await readLedger()).toReversed()) {
    const say = (outcome: Cleaned['outcome'], detail = ''): void => {
      report.push({ run: open.run, entry: open.entry, outcome, detail });
    };
    if (options.all !== true && (await isRunning(open.owner))) {
      say('in use by a running podproof');
      continue;
    }
    try {
      if (options.dryRun) {
        say((await exists(open)) ? 'would be removed' : 'was gone');
        continue;
      }
      const { outcome, detail } = await cleanEntry(open);
      await markDone(open.id);
      say(outcome, detail);
    } catch (error) {
      say('failed', messageOf(error));
    }
  }
  return report;
}

/** Undoes one entry: ends the process by pid and start time, or removes the path if it is ours. Throws when it is not. */
export async function cleanEntry(open: OpenEntry): Promise<{ outcome: 'removed' | 'was gone'; detail: string }> {
  const { entry } = open;
  switch (entry.kind) {
    case 'path': {
      const present = await exists(open);
      await removeOurs(entry.path, open.roots);
      return { outcome: present ? 'removed' : 'was gone', detail: '' };
    }
    case 'machine':
      return {
        outcome: (await releaseMachine(connectRemote(entry), entry.token)) ? 'removed' : 'was gone',
        detail: entry.prefix.at(-2) ?? '',
      };
    case 'container': {
      const removed = await removeContainers(entry.daemon, entry.token);
      return { outcome: removed.length > 0 ? 'removed' : 'was gone', detail: removed.join(', ') };
    }
    case 'process': {
      const running = await processesOf(open);
      for (const process of running) await end(process);
      return { outcome: running.length > 0 ? 'removed' : 'was gone', detail: running.map(({ pid }) => `pid ${pid}`).join(', ') };
    }
  }
}

/** Removes a tree below `directories`, which are ours; refuses anything else, also through links in its parents. */
export async function removeOurs(path: string, directories = ownDirectories()): Promise<void> {
  const parent = await realpath(dirname(path)).catch(() => undefined);
  if (parent === undefined) return;
  const real = join(parent, basename(path));
  const roots = await Promise.all(directories.map((root) => realpath(root).catch(() => root)));
  const temporary = [join(await realpath(tmpdir()), 'podproof-'), buildPrefix];
  if (!roots.some((root) => real.startsWith(root + sep)) && !temporary.some((prefix) => real.startsWith(prefix)))
    throw new Error(`Refused to remove ${path}: it is not below ${roots.join(' or ')}`);
  const mounted = mountPoints(await readFile('/proc/self/mountinfo', 'utf8')).find(
    (point) => point === real || point.startsWith(real + sep),
  );
  if (mounted !== undefined) throw new Error(`Refused to remove ${path}: something is mounted on ${mounted}; unmount it first`);
  await removeTree(real);
}

/** Mount points of /proc/PID/mountinfo, with its octal escapes undone. */
export function mountPoints(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point !== '')
    .map((point) => point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}

async function processesOf({ entry, process, owner }: OpenEntry): Promise<ProcessIdentity[]> {
  if (entry.kind !== 'process') return [];
  if (process !== undefined) return (await isRunning(process)) ? [process] : [];
  // Started but not written down: only processes younger than the entry's owner, of the same boot, that carry the token.
  return (await findByToken(entry.token)).filter(
    (found) => found.boot === owner.boot && Number(found.start) >= Number(owner.start),
  );
}

async function exists(open: OpenEntry): Promise<boolean> {
  const { entry } = open;
  if (entry.kind === 'process') return (await processesOf(open)).length > 0;
  // Only the machine and the daemon themselves know, and they are not asked where nothing is to be done.
  if (entry.kind !== 'path') return true;
  return lstat(entry.path).then(
    () => true,
    () => false,
  );
}

/** SIGTERM, then SIGKILL after 2 s; each only while pid and start time are those of `target`. */
export async function end(target: ProcessIdentity): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isRunning(target))) return;
    process.kill(target.pid, signal);
    const gone = await waitFor({ name: `end pid ${target.pid}`, timeoutMs: 2_000, intervalMs: 50 }, async () =>
      (await isRunning(target)) ? undefined : true,
    ).catch(() => false);
    if (gone) return;
  }
  throw new Error(`Cannot end pid ${target.pid}: it is still there after SIGKILL`);
}

/** In milliseconds. */
const day = 86_400_000;

/**
 * Removes what no run has used for `days` days, and returns it. Nothing is lost but time: it is fetched or built again when
 * it is wanted. Throws BlockedError while a run holds a host, as its disks lie there.
 */
export async function cleanCache(days: number, options: { dryRun: boolean; now?: number }): Promise<CacheEntry[]> {
  const unused = await unusedSince((options.now ?? Date.now()) - days * day);
  if (options.dryRun) return unused;
  for (const { run, owner } of await readLedger()) {
    if (await isRunning(owner))
      throw new BlockedError(`Cannot clean the cache: run ${run}, pid ${owner.pid}, uses it`, { remedy: 'wait for its end' });
  }
  for (const { path } of unused) await removeOurs(path);
  return unused;
}

/**
 * Strikes what a run left on a machine behind ssh or in a container daemon from the ledger, and undoes nothing: for a machine
 * that is gone for good, which `clean` would ask for ever. `token` is as `clean` prints it. Throws UsageError for any other.
 */
export async function forget(token: string, { dryRun = false } = {}): Promise<Cleaned> {
  const elsewhere = (await readLedger()).flatMap(({ entry, ...open }) =>
    entry.kind === 'machine' || entry.kind === 'container' ? [{ ...open, entry }] : [],
  );
  const found = elsewhere.find(({ entry }) => entry.token === token);
  if (found === undefined) {
    const known = elsewhere.map(({ entry }) => `${entry.kind} ${entry.token}`).join(', ');
    throw new UsageError(`Cannot forget ${token}: the ledger has ${known || 'no machine and no container'}`);
  }
  const { run, entry, owner, id } = found;
  if (await isRunning(owner))
    throw new UsageError(`Cannot forget ${entry.kind} ${token}: run ${run} still uses it, in process ${owner.pid}`);
  if (!dryRun) await markDone(id);
  return { run, entry, outcome: dryRun ? 'would be forgotten' : 'forgotten', detail: 'what was done there stays' };
}
