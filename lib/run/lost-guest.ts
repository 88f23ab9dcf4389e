import { setTimeout as delay } from 'node:timers/promises';
import { CriError } from '../cri/error.ts';
import type { Remote } from '../hosts/host.ts';
import { runtimeFacts } from '../runtimes/facts.ts';
import type { PodScenario } from '../suite/scenario.ts';
import { monotonicMs } from '../util/clock.ts';
import type { WorkerCell } from './worker-context.ts';

type Host = Pick<Remote, 'exec'>;

export interface GuestWatch {
  everyMs?: number;
  /** How long a shim may be alone: time for it to say itself what happened. */
  aloneMs?: number;
}

/** Where KVM itself is emulated guests are lost now and then. What a shim makes of a VMM that cannot have KVM is asked. */
export function mayLoseGuest({ facts: { facts, runtime } }: WorkerCell, scenario: PodScenario): boolean {
  const emulated = facts?.accelerator === 'tcg' && runtimeFacts(runtime.name).guest?.process === 'vmm';
  return emulated && scenario.hostState?.kvm === undefined;
}

/**
 * Launches a pod in a guest on a host where only one is launched at a time. A VMM that ends while its guest boots, as after a panic
 * of the guest's kernel, leaves a shim that dials the guest for as long as its configuration says (kata-containers 4.1.0, seen: QEMU
 * gone after 25 s, the shim at one whole processor until 150 s). Such a shim is ended, and what was thrown then says so.
 */
export async function endingLostGuest<T>(host: Host, launch: () => Promise<T>, limits: GuestWatch = {}): Promise<T> {
  const over = new AbortController();
  let lost: string | undefined;
  const watching = watch(host, over.signal, limits, (what) => (lost = what)).catch(() => undefined);
  try {
    return await launch();
  } catch (error) {
    throw error instanceof CriError && lost !== undefined ? new CriError(error.call, error.code, `${error.raw}; ${lost}`) : error;
  } finally {
    over.abort();
    await watching;
  }
}

async function watch(
  host: Host,
  signal: AbortSignal,
  { everyMs = 5_000, aloneMs = 15_000 }: GuestWatch,
  tell: (lost: string) => void,
): Promise<void> {
  const before = new Set((await shims(host, signal)).map(({ pid }) => pid));
  /** By pid: when the shim was last seen with a process of its sandbox. */
  const accompanied = new Map<number, number>();
  for (;;) {
    await delay(everyMs, undefined, { signal, ref: false });
    for (const { pid, id, others } of await shims(host, signal)) {
      if (before.has(pid)) continue;
      const now = monotonicMs();
      if (others > 0) accompanied.set(pid, now);
      const aloneForMs = now - (accompanied.get(pid) ?? now);
      if (others > 0 || aloneForMs < aloneMs || !accompanied.has(pid)) continue;
      tell(`its VMM was gone for ${Math.round(aloneForMs / 1000)} s, and podproof ended the shim ${pid} that waited on`);
      await host.exec(['sh', '-c', endScript, 'sh', String(pid), id], { signal });
      return;
    }
  }
}

interface ShimProcess {
  pid: number;
  /** Sandbox. */
  id: string;
  /** Processes that name the sandbox and are no shim; Firecracker names the first half of it. */
  others: number;
}

async function shims(host: Host, signal: AbortSignal): Promise<ShimProcess[]> {
  const { stdout } = await host.exec(['sh', '-c', listScript], { signal });
  return [...stdout.matchAll(/^(\d+) ([0-9a-f]{64}) (\d+)$/gm)].map(([, pid, id = '', others]) => ({
    pid: Number(pid),
    id,
    others: Number(others),
  }));
}

const idOf = `idOf() { tr '\\0' '\\n' 2>/dev/null <"/proc/$1/cmdline" | sed -n '/^-id$/{n;p;}'; }`;

/** The id is in no argument of this script's own processes, so that it does not count them. An engine starts a shim by another one. */
const listScript = `${idOf}
for shim in $(grep -slx containerd-shim /proc/[0-9]*/comm); do
  pid=\${shim#/proc/} pid=\${pid%/comm}
  id=$(idOf "$pid")
  others=0
  for other in $(printf %.32s "\${id:-none}" | grep -slaF -f - /proc/[0-9]*/cmdline); do
    read -r name 2>/dev/null <"\${other%cmdline}comm" && [ "$name" != containerd-shim ] && others=$((others + 1))
  done
  echo "$pid $id $others"
done`;

const endScript = `${idOf}
[ "$(idOf "$1")" = "$2" ] && kill -9 "$1"`;
