import { existsSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openEntries } from '../../hosts/shared/ledger.ts';
import type { Leftover } from '../leftover/leftover.ts';
import { exec } from '../../util/exec.ts';
import { waitFor } from '../../util/wait.ts';
import type { Program, Setting } from './setting.ts';

export const victims = ['podproof', 'qemu', 'ssh', 'containerd', 'shim', 'sshd'] as const;
export type Victim = (typeof victims)[number];

/** `victim` is killed with signal 9, `ms` after the first engine of the run is ready. True when there was one to kill. */
export async function killInRun(setting: Setting, run: Program, victim: Victim, ms: number): Promise<boolean> {
  const journal = join(setting.directory, 'results/latest/journal.ndjson');
  const alive = (): boolean => existsSync(`/proc/${run.pid}/exe`);
  await waitFor({ name: 'see an engine', timeoutMs: 280_000, intervalMs: 100 }, async () =>
    !alive() || (await readFile(journal, 'utf8').catch(() => '')).includes('"event":"lease"') ? true : undefined,
  );
  await setTimeout(ms);
  if (!alive()) return false;
  switch (victim) {
    case 'podproof':
      return process.kill(run.pid, 'SIGKILL');
    case 'qemu':
    case 'ssh': {
      const name = victim === 'qemu' ? 'qemu-system-x86' : 'ssh';
      const { stdout } = await exec(['pgrep', '-P', String(run.pid), '-x', name]);
      // Long-lived ones: the machine, or the master of the connection.
      const pid = Number(stdout.trim().split('\n')[0]);
      return pid > 1 && process.kill(pid, 'SIGKILL');
    }
    default:
      return killInHost(setting, victim);
  }
}

/** Inside the machine of this run, which is thrown away: there every process of that name is ours. */
async function killInHost(setting: Setting, victim: 'containerd' | 'shim' | 'sshd'): Promise<boolean> {
  const runtime = join(setting.directory, 'r', `podproof-${process.getuid?.() ?? 0}`);
  for (const name of await readdir(runtime).catch(() => [])) {
    const control = join(runtime, name, 'ssh');
    if (!existsSync(control)) continue;
    const pattern = { containerd: 'containerd( |$)', shim: 'containerd-shim', sshd: 'sshd' }[victim];
    const ssh = ['ssh', '-o', `ControlPath=${control}`, '-o', 'ControlMaster=no', '-o', 'BatchMode=yes', 'root@127.0.0.1', '--'];
    const { exitCode, failure } = await exec([...ssh, `pkill -9 -o -f '^[^ ]*${pattern}'`], { timeoutMs: 20_000 });
    // Who kills sshd does not hear of it.
    return exitCode === 0 || (victim === 'sshd' && failure !== '');
  }
  return false;
}

/** Paths that the ledger of this setting ever named and that are still there: the cache is shared with others. */
export async function pathsLeft(setting: Setting): Promise<Leftover[]> {
  const ledger = await readFile(join(setting.directory, 's/podproof/ledger.ndjson'), 'utf8').catch(() => '');
  // Without its lines of what is done, the ledger has all that there ever was.
  const entries = openEntries(ledger.replaceAll(/^\{"event":"done".*$/gm, '')).map(({ entry }) => entry);
  const found = await Promise.all(
    entries.map(async (entry): Promise<Leftover[]> => {
      if (entry.kind !== 'path') return [];
      const there = await lstat(entry.path).then(Boolean, () => false);
      return there ? [{ kind: 'file', what: entry.path }] : [];
    }),
  );
  return found.flat();
}
