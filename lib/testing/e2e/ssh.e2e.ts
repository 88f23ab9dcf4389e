import { readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lentHost, lentMachine } from './lent-machine.ts';
import { changes, stateOf } from './machine-state.ts';
import type { Host } from '../../hosts/host.ts';
import { markerFile } from '../../hosts/borrowed/examine.ts';
import { waitFor } from '../../util/wait.ts';
import { forFile } from './for-file.ts';
import { cleanKilled, documentOf, firstPod, podproof } from './podproof.ts';
import { temporary } from '../temporary.ts';

const only = 'scenario=unnamed,user-and-group,user-only,group-only,root';
const profiles = '/sys/kernel/security/apparmor/profiles';
/** The machine that podproof reaches by ssh alone: how it was started is nobody's business. */
let machine: Host;
const { path: directory } = await forFile(temporary());
beforeAll(async () => {
  machine = await lentMachine(`ssh-${process.pid}`, directory);
  await writeFile(join(directory, 'matrix.json'), JSON.stringify(matrix));
});
afterAll(() => machine?.[Symbol.asyncDispose]());

const deb = (name: string): object => ({ kind: 'deb', suite: 'trixie', packages: [name] });
const matrix = {
  hosts: { metal: lentHost(directory) },
  engines: { containerd: [{ version: '1.7.24', source: deb('containerd') }] },
  runtimes: { crun: [{ version: '1.21', source: deb('crun') }] },
  profiles: { quick: { title: 'by ssh', hosts: ['metal'], engines: ['*'], runtimes: ['*'], suites: ['apparmor', 'ownership'] } },
};

const run = (...args: string[]) =>
  podproof(['--matrix', join(directory, 'matrix.json'), '--results', join(directory, 'results'), 'run', '--only', only, ...args]);

const state = (): Promise<Set<string>> => stateOf(machine);

async function mark(content: string | undefined): Promise<void> {
  if (content === undefined) await machine.exec(['rm', '-f', markerFile]);
  else await machine.write(markerFile, `${content}\n`);
}

/** The marker is ours to write, and gives its directory another time. */
function isMarker(line: string): boolean {
  const [, path = ''] = line.split(' ');
  return path === markerFile || path === dirname(markerFile);
}

async function machineId(): Promise<string> {
  return (await machine.exec(['cat', '/etc/machine-id'])).stdout.trim();
}

const refusals = [
  { what: 'that nobody has marked', marker: undefined, says: /its owner has not marked it as disposable/ },
  { what: 'marked with the id of another machine', marker: 'f'.repeat(32), says: /podproof-disposable is for another machine/ },
];
/** The machine as it was before anybody came, but for the marker: to look at all its files takes longer than a refusal. */
let untouched: Set<string> | undefined;
test.for(refusals)('a machine $what is refused', async ({ marker, says }) => {
  untouched ??= await state();
  await mark(marker);
  const { exitCode, stderr, stdout } = await run();
  expect(`${stdout}\n${stderr}`).toMatch(says);
  expect(exitCode).not.toBe(0);
});

test('machines were refused before anything there was touched', async () => {
  const before = untouched ?? new Set();
  untouched = await state();
  expect(changes(before, untouched).filter((line) => !isMarker(line))).toEqual([]);
});

/** The one process that holds the connection of a podproof. */
async function master(): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (argv.includes('ControlMaster=yes') && argv.includes(join(directory, 'ssh_config'))) return Number(pid);
  }
  throw new Error('no ssh connection is held open');
}

test('a connection that is cut in mid-pod is made again, every verdict comes, and the machine is given back as it was', async () => {
  const before = (untouched ??= await state());
  await mark(await machineId());
  const running = run();
  await firstPod(join(directory, 'results/latest'), 420_000);
  process.kill(await master(), 'SIGKILL');
  const { exitCode, stderr } = await running;
  expect(stderr).toMatch(/the connection was lost .*; connecting again/);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).not.toMatch(/was not given back/);
  const document = await documentOf(join(directory, 'results/latest'));
  expect(document.run.complete).toBe(true);
  expect(document.counts).toMatchObject({ error: 0, missing: 0, blocked: 0, fail: 0, void: 0 });
  expect(document.counts.pass).toBeGreaterThan(8);
  // Modules that were loaded stay, with their nodes; a directory that something was in keeps the time of it.
  const changed = changes(before, await state()).filter((line) => !isMarker(line));
  expect(changed.filter((line) => !/^. \/(dev\/(?!podproof|loop\d{6})|var\/lib d )/.test(line))).toEqual([]);
  expect((await machine.exec(['sh', '-c', 'ls -d /dev/podproof /sys/block/loop[0-9][0-9][0-9]* 2>/dev/null'])).stdout).toBe('');
});

test('after kill -9, clean gives the machine back', async () => {
  await mark(await machineId());
  const running = run();
  const owner = '/run/podproof-lease/owner';
  // A shim that is killed leaves its socket behind, and a containerd its profile.
  await waitFor({ name: 'see a shim there', timeoutMs: 420_000, intervalMs: 1_000 }, async () =>
    (await machine.exec(['sh', '-c', `ls /run/containerd/s/* && grep -q cri-containerd ${profiles}`])).exitCode === 0
      ? true
      : undefined,
  );
  running.kill('SIGKILL');
  await running;
  expect((await machine.exec(['cat', owner])).stdout).toContain('podproof-');
  const killed = await readlink(join(directory, 'results/latest'));
  const second = await run();
  expect(`${second.stdout}\n${second.stderr}`).toMatch(/Cannot use ssh host metal \(metal-1\): run \S+ of \S+ has it/);
  await cleanKilled(killed);
  const left = await machine.exec([
    'sh',
    '-c',
    `ls -d ${owner} /run/podproof /run/containerd /var/lib/podproof /dev/podproof /sys/block/loop[0-9][0-9][0-9]* /sys/fs/cgroup/kubepods* 2>/dev/null; pgrep -a 'containerd|pause'; grep containerd ${profiles}`,
  ]);
  expect(left.stdout).toBe('');
});
