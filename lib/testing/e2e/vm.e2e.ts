import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canary } from '../../model/fixtures.ts';
import { HostLostError } from '../../util/errors.ts';
import { listen } from '../../util/listen.ts';
import { cacheDirectory, packageRoot, runtimeDirectory } from '../../util/paths.ts';
import { changeNode, releaseFunction } from '../../hosts/shared/changes.ts';
import { clean } from '../../hosts/shared/clean.ts';
import { prepareFixtures, restoreFixtures } from '../../hosts/shared/fixtures.ts';
import type { Host } from '../../hosts/host.ts';
import { readLedger } from '../../hosts/shared/ledger.ts';
import { findByToken } from '../../hosts/shared/process-identity.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';
import { sealRuntime } from '../../run/sealed-runtime.ts';
import { temporary } from '../temporary.ts';
import { forFile } from './for-file.ts';
import { leaseHost, shareHost } from './lease.ts';

const run = `e2e-${process.pid}`;
const { path: directory } = await forFile(temporary());
const shared = shareHost(() => leaseHost(run, join(directory, 'logs'), (phase) => console.log(phase)));
// The image may have to be built, which no test of the host waits for.
beforeAll(() => shared.use(() => Promise.resolve()));
afterAll(() => shared[Symbol.asyncDispose]());

/** A test of the host that all of them share: it takes seconds, and a host that hangs is noticed after a minute. */
const onHost = (title: string, work: (host: Host) => Promise<void>): void =>
  test(title, { timeout: 3 * 60_000 }, () => shared.use(work));

const entriesOf = async (name: string): Promise<string[]> =>
  (await readLedger()).filter((open) => open.run === name).map(({ entry }) => (entry.kind === 'path' ? entry.path : entry.token));

onHost('the host is a machine of its own, with what Kata needs', async (host) => {
  expect(host.facts).toMatchObject({ ownKernel: true, disposable: true, cgroup: 'v2', vhostVsock: true });
  expect(host.facts.kvm).toMatchObject({ present: true, mode: '0660', group: 'kvm' });
  expect(host.facts.iommuGroups).toBeGreaterThan(0);
});

onHost('its processes wait for their turn, and have a longer one, where it is emulated', async (host) => {
  const scheduler = '/sys/kernel/debug/sched';
  const { stdout } = await host.exec(['cat', `${scheduler}/features`, `${scheduler}/base_slice_ns`]);
  const [features = '', slice] = stdout.trim().split('\n');
  const emulated = host.facts.accelerator === 'tcg';
  expect(features.split(' ').includes('NO_WAKEUP_PREEMPTION')).toBe(emulated);
  expect(Number(slice) === 30_000_000).toBe(emulated);
});

onHost('its clock is right although its state is old', async (host) => {
  const { stdout } = await host.exec(['date', '+%s']);
  expect(Math.abs(Number(stdout) - Date.now() / 1000)).toBeLessThan(5);
});

onHost('it has no way to any network', async (host) => {
  const { stdout } = await host.exec([
    'sh',
    '-c',
    'ip route show default; ip -6 route show default; ip -o addr show scope global',
  ]);
  expect(stdout).toMatch(/^\d+: uplink0 +inet 10\.0\.2\.15\/24 [^\n]*\n$/);
});

onHost('another process reaches it by the connection alone', async (host) => {
  const remote = connectRemote(JSON.parse(JSON.stringify(host.connection)));
  await remote.write("/tmp/it's a file", 'content');
  expect((await remote.exec(['cat', "/tmp/it's a file"])).stdout).toBe('content');
});

onHost('forty commands at once share the connection', async (host) => {
  const results = await Promise.all(Array.from({ length: 40 }, (_, i) => host.exec(['echo', String(i)])));
  expect(results.map(({ stdout }) => stdout.trim())).toEqual(results.map((_, i) => String(i)));
});

onHost('a dialled stream reaches a unix socket there', async (host) => {
  await host.exec([
    'sh',
    '-c',
    'socat UNIX-LISTEN:/run/echo.sock,fork EXEC:cat >/dev/null 2>&1 & while ! [ -S /run/echo.sock ]; do sleep 0.05; done',
  ]);
  const stream = host.dial('/run/echo.sock');
  stream.write('ping');
  expect(String(await new Promise((resolve) => stream.once('data', resolve)))).toBe('ping');
  stream.destroy();
});

onHost(
  'a runtime that copies itself is laid over by a copy that nobody can write, once, and says why where it cannot be',
  async (host) => {
    const prefix = '/tmp/sealed';
    await host.exec(['sh', '-euc', 'mkdir -p "$1"; cp /bin/true "$1/runc"', 'sh', prefix]);
    const runc = { name: 'runc', version: '1.1.15', source: { kind: 'path' } } as const;
    const emulated = { ...host, facts: { ...host.facts, accelerator: 'tcg' } } as const;
    const seal = (path: string): Promise<string | undefined> => sealRuntime(emulated, runc, { binaries: { runc: 'runc' } }, path);
    expect(await seal(prefix)).toBe(`${prefix}/runc`);
    const look = `cmp /bin/true runc && ./runc && readlink "$(readlink runc)"
    (echo more >>runc) 2>/dev/null || echo unwritable
    cmp /bin/true runc && grep -c ' /tmp/sealed/runc ' /proc/self/mountinfo`;
    const { stdout } = await host.exec(['sh', '-c', look], { cwd: prefix });
    expect(stdout).toBe('/memfd:podproof-sealed (deleted)\nunwritable\n1\n');
    expect(await seal(prefix)).toBe(`${prefix}/runc`);
    expect((await host.exec(['sh', '-c', look], { cwd: prefix })).stdout).toBe(stdout);
    await expect(seal('/tmp/none')).rejects.toThrow(
      'Cannot seal a copy of /tmp/none/runc in the memory of the host: open /tmp/none/runc: No such file',
    );
  },
);

onHost('a directory is attached read-only, once', async (host) => {
  const source = join(directory, 'artifact');
  await mkdir(join(source, 'bin'), { recursive: true });
  await writeFile(join(source, 'bin', 'hello'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
  const id = `e2e-${process.pid}`;
  const [first, second] = await Promise.all([host.attach({ id, directory: source }), host.attach({ id, directory: source })]);
  expect(second).toBe(first);
  expect((await host.exec([`${first}/bin/hello`])).stdout).toBe('hello\n');
  expect((await host.exec(['touch', `${first}/x`])).stderr).toContain('Read-only file system');
  await rm(join(cacheDirectory(), 'disks', `${id}.ext4`));
});

onHost('a port of this machine is exposed on the loopback there', async (host) => {
  const server = createServer((socket) => socket.end('greetings\n'));
  await using listening = await listen(server);
  const port = await host.expose(listening.port);
  expect((await host.exec(['socat', '-u', `TCP:127.0.0.1:${port}`, '-'])).stdout).toBe('greetings\n');
});

onHost('fixtures are prepared again and again, and given back', async (host) => {
  const fixtures = await prepareFixtures(host, host.fixtures);
  expect(await prepareFixtures(host, host.fixtures)).toEqual(fixtures);
  const { stdout } = await host.exec([
    ...['stat', '-c', '%u:%g %04a', fixtures.char, fixtures.block, fixtures.blockPlain],
    ...[`${fixtures.directory}/first`, `${fixtures.directory}/second`, fixtures.hugepages ?? '', fixtures.vfioGroup ?? ''],
  ]);
  const expected = ['1234:4321 0640', '1234:4321 0640', '0:6 0660', '11:22 0641', '33:44 0604', '0:3000 2775', '0:0 0600'];
  expect(stdout.trim().split('\n')).toEqual(expected);
  expect((await host.exec(['head', '-c', String(canary.length), fixtures.block])).stdout).toBe(canary);
  await restoreFixtures(host);
  await restoreFixtures(host);
  expect((await host.exec(['ls', '/dev/podproof', fixtures.vfioGroup ?? ''])).exitCode).toBe(2);
});

onHost(
  'what a killed run changed on it is as before for whoever comes next: /dev/kvm, the disk, the driver of the function',
  async (host) => {
    const fixtures = await prepareFixtures(host, host.fixtures);
    const driver = `/sys/bus/pci/devices/${fixtures.vfioAddress ?? ''}/driver`;
    const state = async (): Promise<string[]> => {
      const nodes = await host.exec(['stat', '-c', '%n %u:%g %04a', '/dev/kvm', fixtures.blockPlain, fixtures.vfioGroup ?? '']);
      return [...nodes.stdout.trim().split('\n'), (await host.exec(['readlink', '-f', driver])).stdout.trim()];
    };
    const before = await state();
    expect(before.at(-1)).toMatch(/\/vfio-pci$/);
    await changeNode(host, '/dev/kvm', { owner: 'root:root', mode: '0600' });
    await changeNode(host, fixtures.blockPlain, { owner: 'root:disk', mode: '0666' });
    await releaseFunction(host, fixtures.vfioAddress ?? '');
    const changed = await state();
    expect(changed.join()).toContain('/dev/kvm 0:0 0600');
    expect(changed.join()).toContain(`${fixtures.blockPlain} 0:6 0666`);
    expect(changed.join()).not.toContain(fixtures.vfioGroup);
    expect(changed.at(-1)).toMatch(/\/e1000e$/);
    expect(await prepareFixtures(host, host.fixtures)).toEqual(fixtures);
    expect(await state()).toEqual(before);
  },
);

test('a podproof that is killed leaves nothing after clean', async () => {
  const name = `${run}-killed`;
  const argv = ['--import', 'tsx', join(packageRoot, 'lib/testing/e2e/lease.ts'), name, join(directory, 'killed')];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'], cwd: packageRoot });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const entries = await entriesOf(name);
  const token = entries.find((entry) => !entry.startsWith('/')) ?? 'none';
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  expect((await findByToken(token)).length).toBeGreaterThan(1);
  const cleaned = (await clean()).filter((each) => each.run === name);
  expect(cleaned.map(({ outcome }) => outcome)).toEqual(entries.map(() => 'removed'));
  expect(await findByToken(token)).toEqual([]);
  for (const place of [runtimeDirectory(), join(cacheDirectory(), 'leases')]) expect(await readdir(place)).not.toContain(token);
  expect((await clean()).filter((each) => each.run === name)).toEqual([]);
});

onHost(
  'a second lease runs beside the first, and what it writes is its own; it panics alone, and is lost with the last words of its console',
  async (host) => {
    await using other = await leaseHost(run, join(directory, 'other'));
    await other.write('/etc/mark', 'other');
    expect((await host.exec(['cat', '/etc/mark'])).exitCode).toBe(1);
    await other.assertAlive();
    await other.exec(['sh', '-c', 'echo 8 > /proc/sys/kernel/printk; echo c > /proc/sysrq-trigger'], { timeoutMs: 20_000 });
    const error = await other.assertAlive().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(HostLostError);
    expect((error as HostLostError).consoleTail).toContain('Kernel panic');
    await host.assertAlive();
  },
);

test('the end of the lease leaves nothing in the ledger', async () => {
  await shared[Symbol.asyncDispose]();
  expect(await entriesOf(run)).toEqual([]);
});
