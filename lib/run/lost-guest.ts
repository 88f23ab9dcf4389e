import { setTimeout as delay } from 'node:timers/promises';
import { CriError } from '../cri/error.ts';
import type { Remote } from '../hosts/host.ts';
import type { HostFacts } from '../model/host-facts.ts';
import { runtimeFacts, type RuntimeName } from '../runtimes/facts.ts';
import type { PodScenario } from '../suite/scenario.ts';
import { monotonicMs } from '../util/clock.ts';
import type { GuestBoots } from './guest-boots.ts';
import type { WorkerCell } from './worker-context.ts';

type Host = Pick<Remote, 'exec'>;

export interface GuestWatch {
  everyMs?: number;
  /** How long a shim may be alone: time for it to say itself what happened. */
  aloneMs?: number;
}

/** Where KVM itself is emulated guests are lost now and then. What a shim makes of a VMM that cannot have KVM is asked. */
export function mayLoseGuest({ facts: { facts, runtime } }: WorkerCell, scenario: PodScenario): boolean {
  return losesGuests(runtime.name, facts) && scenario.hostState?.kvm === undefined;
}

/** Whether guests of this runtime are lost now and then on this host, which says nothing of their pods. */
export function losesGuests(runtime: RuntimeName, host: Pick<HostFacts, 'accelerator'> | undefined): boolean {
  return host?.accelerator === 'tcg' && runtimeFacts(runtime).guest?.process === 'vmm';
}

/**
 * Launches a pod in a guest on a host where only one is launched at a time; `launch` tells when its guest answered. A VMM that ends
 * while its guest boots, as after a panic of the guest's kernel, leaves a shim that dials the guest for as long as its configuration
 * says (kata-containers 4.1.0, seen: QEMU gone after 25 s, the shim at one whole processor until 150 s), and so does a guest that
 * stays silent. Such a shim is ended, with what is left of its sandbox, and what was thrown then says so.
 */
export async function endingLostGuest<T>(
  host: Host,
  boots: Pick<GuestBoots, 'add' | 'patienceMs'>,
  launch: (answered: () => void) => Promise<T>,
  limits: GuestWatch = {},
): Promise<T> {
  const over = new AbortController();
  const startMs = monotonicMs();
  const guest: Guest = { startMs, patienceMs: boots.patienceMs() };
  const watching = watch(host, over.signal, guest, limits).catch(() => undefined);
  const answered = (): void => {
    guest.patienceMs = undefined;
    boots.add(monotonicMs() - startMs);
  };
  try {
    return await launch(answered);
  } catch (error) {
    const { lost } = guest;
    throw error instanceof CriError && lost !== undefined ? new CriError(error.call, error.code, `${error.raw}; ${lost}`) : error;
  } finally {
    over.abort();
    await watching;
  }
}

interface Guest {
  startMs: number;
  /** How long it may be silent; undefined where it is not known, and once it has answered. */
  patienceMs: number | undefined;
  /** What became of it. */
  lost?: string;
}

async function watch(
  host: Host,
  signal: AbortSignal,
  guest: Guest,
  { everyMs = 5_000, aloneMs = 15_000 }: GuestWatch,
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
      const silentForMs = now - guest.startMs;
      if (others === 0 && aloneForMs >= aloneMs && accompanied.has(pid))
        guest.lost = `its VMM was gone for ${seconds(aloneForMs)}`;
      else if (guest.patienceMs !== undefined && silentForMs >= guest.patienceMs)
        guest.lost = `its guest was silent for ${seconds(silentForMs)}`;
      else continue;
      guest.lost += `, and podproof ended the shim ${pid} that waited on`;
      await host.exec(['sh', '-c', endScript, 'sh', String(pid), id.slice(0, partOfId)], { signal });
      return;
    }
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
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

/** Less of an id than names a sandbox: with more the script that ends one would find itself. */
const partOfId = 16;

/** The id is in no argument of these scripts' own processes, so that they do not find themselves. An engine starts a shim by another one. */
const functions = `idOf() { tr '\\0' '\\n' 2>/dev/null <"/proc/$1/cmdline" | sed -n '/^-id$/{n;p;}'; }
others() {
  for other in $(printf %.32s "\${1:-none}" | grep -slaF -f - /proc/[0-9]*/cmdline); do
    other=\${other#/proc/} other=\${other%/cmdline}
    read -r name 2>/dev/null <"/proc/$other/comm" && [ "$name" != containerd-shim ] && echo "$other"
  done
}`;

const listScript = `${functions}
for shim in $(grep -slx containerd-shim /proc/[0-9]*/comm); do
  pid=\${shim#/proc/} pid=\${pid%/comm}
  id=$(idOf "$pid")
  echo "$pid $id $(others "$id" | wc -l)"
done`;

const endScript = `${functions}
id=$(idOf "$1")
case "$id" in "$2"*) kill -9 $(others "$id") "$1" ;; esac`;
