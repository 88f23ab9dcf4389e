import type { Host, LeaseContext, Remote } from '../host.ts';
import { prepareFixtures } from '../shared/fixtures.ts';
import { spareFixtures } from '../shared/fixture-plan.ts';
import { connectRemote } from '../shared/remote.ts';
import type { Ssh } from '../ssh/control-master.ts';
import type { Accelerator } from './arguments.ts';
import { openSshTo, patience } from './login.ts';
import { consoleTail, type Blueprint, type RunningMachine } from './machine.ts';

/** Makes a started machine ready; what it returns is released before the machine. */
export type Enter<T extends AsyncDisposable> = (
  running: RunningMachine,
  how: 'cold' | 'warm',
  blueprint: Blueprint,
) => Promise<T>;

/** A started host, logged in to and ready for a lease. */
export interface Entered extends AsyncDisposable {
  readonly ssh: Ssh;
  readonly remote: Remote;
}

/** Logs in to a machine that was just started; settles it after a boot, and sets its clock after a restore. */
export async function enterHost(
  running: RunningMachine,
  how: 'cold' | 'warm',
  { image, accelerator }: Pick<Blueprint, 'image' | 'accelerator'>,
  context: LeaseContext,
): Promise<Entered> {
  const ssh = await openSshTo(running, image, context, patience[accelerator][how]);
  try {
    const remote = connectRemote(ssh.connection);
    if (how === 'warm') await setClock(remote);
    else await settle({ ...remote, consoleTail: () => consoleTail(running.console) }, accelerator, context.signal);
    return { ssh, remote, [Symbol.asyncDispose]: () => ssh[Symbol.asyncDispose]() };
  } catch (error) {
    await ssh[Symbol.asyncDispose]();
    throw error;
  }
}

/** A restored clock shows the time of the snapshot. */
async function setClock(remote: Remote): Promise<void> {
  const result = await remote.exec(['date', '-u', '-s', `@${Date.now() / 1000}`]);
  if (result.exitCode !== 0)
    throw new Error(`Cannot set the clock of the restored host: ${result.failure}: ${result.stderr.trim()}`);
}

/** Waits until a booted host is idle, and prepares what every lease needs anyway. */
async function settle(machine: Remote & Pick<Host, 'consoleTail'>, accelerator: Accelerator, signal: AbortSignal): Promise<void> {
  const result = await machine.exec(['sh', '-c', settleScript, 'sh', accelerator], { timeoutMs: 180_000, signal });
  if (result.exitCode !== 0) throw new Error(`Cannot settle the booted host: ${result.failure}: ${result.stderr.trim()}`);
  await prepareFixtures(machine, spareFixtures);
}

/**
 * A degraded system is fine: a unit that does not belong in a VM failed. Where each switch of processes empties an emulated TLB, who
 * wakes up waits for its turn, and a turn lasts longer (18 runc and crun pods, in turns: 69.0 s of CPU time as it is, 62.1 s so). Before
 * Linux 6.6 a turn has another name.
 */
export const settleScript = `
if [ "$1" = tcg ]; then
  scheduler=/sys/kernel/debug/sched
  [ -d "$scheduler" ] || mount -t debugfs podproof /sys/kernel/debug
  echo NO_WAKEUP_PREEMPTION >"$scheduler/features"
  for slice in base_slice_ns min_granularity_ns; do [ ! -e "$scheduler/$slice" ] || echo 30000000 >"$scheduler/$slice"; done
fi
systemctl is-system-running --wait >/dev/null
modprobe -qa overlay br_netfilter
udevadm settle --timeout=60
sync
`;
