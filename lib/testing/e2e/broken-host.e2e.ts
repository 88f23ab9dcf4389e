import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SshHost } from '../../hosts/ssh/facts.ts';
import { fakeFleet, only } from './fake-fleet.ts';
import { documentOf } from './podproof.ts';
import { BlockedError } from '../../util/errors.ts';
import { execOk } from '../../util/exec.ts';
import { waitFor } from '../../util/wait.ts';
import { acquireHost } from '../../hosts/registry.ts';
import { assertFit, reasonMissing } from '../../hosts/shared/assert-fit.ts';
import { questionOf, readPreflight } from '../../hosts/shared/preflight.ts';
import { problemsOf } from '../../hosts/shared/preflight-problems.ts';
import { leastNeeds, type HostNeeds } from '../../hosts/needs.ts';
import type { Host } from '../../hosts/host.ts';
import { markerFile } from '../../hosts/borrowed/examine.ts';
import { forFile } from './for-file.ts';
import { leaseContext, leaseHost, sshConfigOf } from './lease.ts';
import { temporary } from '../temporary.ts';

const run = `broken-${process.pid}`;
/** The one machine that is broken and mended; podproof reaches it by ssh, as a machine of somebody else. */
let machine: Host;
const { path: directory } = await forFile(temporary());
beforeAll(async () => {
  machine = await leaseHost(run, join(directory, 'machine'), (phase) => console.log(phase));
  await there(`cp /etc/machine-id ${markerFile}`);
  await writeFile(join(directory, 'ssh_config'), sshConfigOf('metal-1', machine.connection));
  // Of two keys ssh tries both, so that of the machine is taken out.
  await execOk(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'other')]);
  const other = sshConfigOf('metal-1', machine.connection).replace(
    /^IdentityFile .*$/m,
    `IdentityFile ${join(directory, 'other')}`,
  );
  await writeFile(join(directory, 'other_config'), other);
});
afterAll(() => machine?.[Symbol.asyncDispose]());

async function there(script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.exec(['sh', '-euc', script], { timeoutMs: 120_000 });
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

const specOf = (configFile = 'ssh_config'): SshHost => ({
  kind: 'ssh',
  destination: 'metal-1',
  configFile: join(directory, configFile),
  disposable: true,
});

const needs: HostNeeds = { ...leastNeeds, features: ['bridge', 'veth', 'vhost_vsock'] };

async function acquire(configFile?: string): Promise<Host> {
  const context = await leaseContext(run, join(directory, 'logs'));
  return acquireHost('metal', specOf(configFile), context, { variant: 'plain', needs });
}

/** The sentence with which the machine is refused, and what helps. */
async function refused(configFile?: string): Promise<string> {
  const error = await acquire(configFile).then(
    async (host) => {
      await host[Symbol.asyncDispose]();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BlockedError);
  const { message, remedy } = error as BlockedError;
  return `${message}; ${remedy}`;
}

/** Breaks the machine as long as `body` takes. */
async function broken<T>(damage: { make: string; mend: string; done?: string }, body: () => Promise<T>): Promise<T> {
  await there(damage.make);
  try {
    if (damage.done !== undefined) {
      const { done } = damage;
      const seen = async (): Promise<true | undefined> =>
        (await machine.exec(['sh', '-c', done])).exitCode === 0 ? true : undefined;
      await waitFor({ name: `see the damage of ${damage.make}`, timeoutMs: 20_000 }, seen);
    }
    return await body();
  } finally {
    await there(damage.mend);
  }
}

const fullRun = { make: 'set -- $(stat -f -c "%a %S" /run); fallocate -l $(($1 * $2)) /run/fill', mend: 'rm /run/fill' };

/** Reserved for huge pages, memory is taken without being touched: all but 150 MiB of what is available. */
const noMemory = {
  make: `
available=$(sed -n 's/^MemAvailable: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)
pages=/proc/sys/vm/nr_hugepages
echo $(($(cat $pages) + (available / 1024 - 150) / 2)) > $pages`,
  mend: 'echo 8 > /proc/sys/vm/nr_hugepages',
};

const hidden = (module: string): { make: string; mend: string } => ({
  make: `echo 'install ${module} /bin/false' > /etc/modprobe.d/hidden.conf; modprobe -r --ignore-install ${module} || rmmod ${module}`,
  mend: `rm /etc/modprobe.d/hidden.conf; modprobe ${module}`,
});

const damages = [
  {
    what: 'whose /run is full',
    ...fullRun,
    says: /^Cannot use ssh host metal \(metal-1\): the file system at \/run has 0 MiB free and takes 48: .*; make room there: du -xh \/run \| sort -h \| tail$/,
  },
  {
    what: 'whose root file system is read-only',
    // The kernel itself does it, as after an error of the disk; a remount is refused while somebody writes.
    make: 'echo u > /proc/sysrq-trigger',
    done: 'grep -q " / ext4 ro" /proc/mounts',
    mend: 'mount -o remount,rw /',
    says: /^Cannot use ssh host metal \(metal-1\): the file system at \/ is read-only, and podproof writes \/var\/lib\/podproof\S*; .*mount -o remount,rw \/$/,
  },
  {
    what: 'that has no memory left',
    ...noMemory,
    says: /^Cannot use ssh host metal \(metal-1\): it has 1?\d?\d MiB of memory available, and engines and pods of this plan take 192; end what takes it there /,
  },
  {
    what: 'whose kernel has no overlay file system',
    ...hidden('overlay'),
    says: /^Cannot use ssh host metal \(metal-1\): its kernel has no overlay \(modprobe: .*\); modprobe -a overlay on its machine, and look for what forbids it: /,
  },
  {
    what: 'whose sshd is dead',
    make: 'systemctl stop ssh',
    mend: 'systemctl start ssh',
    says: /^Cannot log in to ssh host metal \(metal-1\): ssh ended \(exit code 255\): .*(closed|reset).*; make this work without a question: ssh -F \S+ metal-1 true$/,
  },
];
test.for(damages)('a machine $what is refused in a sentence, and nothing is left there', async ({ says, ...damage }) => {
  expect(await broken(damage, () => refused())).toMatch(says);
  expect(await there('ls -d /run/podproof-lease /var/lib/podproof /run/.podproof* /var/lib/.podproof* 2>/dev/null || :')).toBe(
    '',
  );
});

test('a machine that does not know our key is refused in the words of ssh', async () => {
  expect(await refused('other_config')).toMatch(
    /^Cannot log in to ssh host metal \(metal-1\): ssh ended \(exit code 255\): .*Permission denied \(publickey\)/,
  );
});

test('a kernel without vhost_vsock costs the cells that need it, and mended it lacks nothing', async () => {
  // Asked without a lease: to give a machine back takes an emulated one most of a minute.
  const fixtures = { disks: [1, 2] } as const;
  const missingFeatures = await broken(hidden('vhost_vsock'), () => assertFit('host metal', machine, needs, fixtures));
  expect(Object.keys(missingFeatures)).toEqual(['vhost_vsock']);
  const host = { id: 'metal', missingFeatures };
  expect(reasonMissing(host, ['bridge', 'veth'])).toBeUndefined();
  expect(reasonMissing(host, ['bridge', 'vhost_vsock'])?.message).toMatch(
    /^The kernel of host metal has no vhost_vsock \(modprobe: .*\)$/,
  );
  const asked = questionOf(needs, fixtures);
  const mended = await readPreflight('the machine', machine, asked);
  expect(problemsOf(mended, asked)).toEqual([]);
  expect(mended.missingFeatures).toEqual({});
});

test('in a run its cells are blocked with the sentence, those of another host are judged, and the exit code is 75', async () => {
  await using fleet = await fakeFleet();
  await fleet.join({ metal: specOf() });
  const words = `engine=containerd@1.7.24 runtime=runc host=even,metal ${only}`;
  const { exitCode, stderr } = await broken(fullRun, () => fleet.podproof('one', ['run', '--profile', 'all', '--only', words]));
  expect(exitCode, stderr).toBe(75);
  const { cells } = await documentOf(fleet.latest('one'));
  expect(cells.map(({ host, verdict }) => `${host} ${verdict}`).sort()).toEqual(
    cells.map(({ host }) => (host === 'metal' ? 'metal blocked' : 'even pass')).sort(),
  );
  const reasons = cells.flatMap(({ host, reason }) => (host === 'metal' ? [reason] : []));
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toMatch(damages[0]?.says ?? /^$/);
});
