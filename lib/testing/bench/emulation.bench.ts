import type { LeaseContext, Remote } from '../../hosts/host.ts';
import { obtainImage } from '../../hosts/image/build.ts';
import { recipe } from '../../hosts/image/recipe.ts';
import { enterHost, type Entered } from '../../hosts/vm/enter.ts';
import type { Blueprint } from '../../hosts/vm/machine.ts';
import { obtainQemu } from '../../hosts/vm/qemu.ts';
import { startHost } from '../../hosts/vm/start.ts';
import { messageOf } from '../../util/errors.ts';
import { leaseContext } from '../e2e/lease.ts';
import { temporary } from '../temporary.ts';
import { bootCold } from './cold.ts';
import { spread, type Spread } from './measure.ts';

type EmulatedHost = Omit<Blueprint, 'accelerator'>;
type Measure = { unit: Spread['unit']; value: (host: EmulatedHost, context: LeaseContext) => Promise<number> };

/**
 * The installed QEMU against the one that leases take, in turns, `rounds` each, under full emulation: a cold boot, a guest in the
 * guest, and hosts whose kernel patches its own code while all processors run it, which QEMU before 8.1 seldom survives. `which`
 * narrows it to what has these words.
 */
export async function benchEmulation(rounds: number, which = ''): Promise<Spread[]> {
  await using logs = await temporary();
  const context = await leaseContext('bench', logs.path);
  const image = await obtainImage(recipe('trixie', 'kata', false), context);
  // Without its release nobody knows whose backports to ask: the installed one stays.
  const qemus = [await obtainQemu(context, '/dev/null'), await obtainQemu(context)];
  const chosen = Object.entries(measures).filter(([what]) => what.includes(which));
  if (chosen.length === 0)
    throw new RangeError(`Cannot measure emulated hosts for "${which}": there are ${Object.keys(measures).join(', ')}`);
  const values = new Map<string, { unit: Spread['unit']; all: number[] }>();
  const note = (name: string, unit: Spread['unit'], number: number): void => {
    const noted = values.get(name) ?? { unit, all: [] };
    values.set(name, noted);
    noted.all.push(number);
  };
  for (let round = 0; round < rounds; round++) {
    for (const qemu of qemus) {
      const host = { spec: { memoryMiB: 3072, cpus: 2, kernelParameters: [] }, qemu, image };
      for (const [what, { unit, value }] of chosen) {
        const name = `QEMU ${qemu.version} (${qemu.origin}), ${what}`;
        // What an hour has measured is not lost with one machine.
        const measured = await value(host, context).catch((error: unknown) => {
          console.error(`${name}: ${messageOf(error)}`);
          return undefined;
        });
        note(`${name}, without an end`, 'ratio', measured === undefined ? 1 : 0);
        if (measured !== undefined) note(name, unit, measured);
      }
    }
  }
  return [...values].map(([name, { unit, all }]) => spread(name, unit, all));
}

async function onHost(host: EmulatedHost, context: LeaseContext, work: (remote: Remote) => Promise<number>): Promise<number> {
  const proof = { accelerator: 'tcg' as const, reason: 'a benchmark', nested: true };
  const { running, entered } = await startHost<Entered>(host, proof, context, (machine, how, of) =>
    enterHost(machine, how, of, context),
  );
  await using _ = running;
  await using __ = entered;
  return await work(entered.remote);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function run(remote: Remote, script: string): Promise<void> {
  const { exitCode, failure, stderr } = await remote.exec(['sh', '-euc', script], { timeoutMs: 240_000 });
  if (exitCode !== 0) throw new Error(`Cannot run a load on the host: ${failure}: ${stderr.trim()}`);
}

/**
 * To the panic for want of a root file system, which comes at the end of a kernel's boot; of the size that Kata gives a guest
 * (kata-containers 4.1.0 src/runtime/Makefile: DEFMEMSZ, DEFVCPUS).
 */
const nestedGuest = `
qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -machine q35,accel=kvm,kernel-irqchip=split -cpu host \\
  -smp 1 -m 2048M -serial file:/tmp/nested.log -kernel /boot/vmlinuz-* -append 'console=ttyS0 panic=-1' >/dev/null 2>&1
grep -q 'Unable to mount root' /tmp/nested.log
`;

const hazards = {
  /** What pods do: the first connections of a boot patch net_get_random_once. */
  'IPv6 at once': `
perl -e 'use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 AF_INET6);
my ($s, $c, @p, $to); $to = pack_sockaddr_in6(7777, inet_pton(AF_INET6, "::1"));
socket($s, AF_INET6, SOCK_STREAM, 0); bind($s, $to) or die "bind: $!"; listen($s, 4096);
my $server = fork; if (!$server) { while (accept($c, $s)) { close $c } exit }
my $go = time + 2;
for (1 .. 16) { my $p = fork; push @p, $p; next if $p; 1 while time < $go;
  for (1 .. 25) { socket($c, AF_INET6, SOCK_STREAM, 0); connect($c, $to) or exit 1 } exit 0 }
my $bad = 0; for (@p) { waitpid $_, 0; $bad ||= $? } kill 9, $server; exit($bad ? 1 : 0)'
`,
  /** Far more of it than any pod does: a static key of the scheduler, over and over. */
  'scheduler patched for 10 s': `
for n in 1 2 3 4; do sh -c 'while :; do /bin/true; done' >/dev/null 2>&1 & pids="\${pids-} $!"; done
end=$(($(date +%s) + 10))
while [ $(date +%s) -lt $end ]; do for key in 1 0 1 0 1 0 1 0; do echo $key > /proc/sys/kernel/sched_schedstats; done; done
kill $pids
`,
};

/** A host that the load took with it counts as lost. */
const lostTo = (script: string): Measure => ({
  unit: 'ratio',
  value: (host, context) =>
    onHost(host, context, (remote) =>
      run(remote, script)
        .then(() => 0)
        .catch(() => 1),
    ),
});

const measures: Record<string, Measure> = {
  'cold boot': { unit: 'ms', value: (host, context) => timed(() => bootCold({ ...host, accelerator: 'tcg' }, context)) },
  'guest in the guest': {
    unit: 'ms',
    value: (host, context) => onHost(host, context, (remote) => timed(() => run(remote, nestedGuest))),
  },
  ...Object.fromEntries(Object.entries(hazards).map(([what, script]) => [`hosts lost: ${what}`, lostTo(script)])),
};
