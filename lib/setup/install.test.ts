import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { installMissing, type Machine, type Outcome } from './install.ts';

const debian = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n';
const ubuntu = 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE=debian\n';
const fedora = 'PRETTY_NAME="Fedora Linux 41"\nID=fedora\n';
const needs = { '/usr/bin/bzip2': 'bzip2', '/usr/bin/socat': 'socat' };

interface Situation extends Partial<Pick<Machine, 'root' | 'terminal'>> {
  release?: string;
  present?: string[];
  /** Bodies of the programs in the PATH; each writes its argv first. */
  programs?: Record<string, string>;
}

/** Runs the set-up on a machine of fakes; says how it ended and which argvs it ran. */
async function setUp({ release, present = [], programs = {}, root = false, terminal = false }: Situation) {
  await using place = await temporary();
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(place.path, path)), { recursive: true });
    await writeFile(join(place.path, path), text);
  };
  if (release !== undefined) await put('etc/os-release', release);
  for (const path of present) await put(path, '');
  const log = join(place.path, 'argvs');
  for (const [name, body] of Object.entries(programs)) {
    await put(`bin/${name}`, `#!/bin/sh\necho "\${0##*/} $*" >> ${log}\n${body}\n`);
    await chmod(join(place.path, 'bin', name), 0o755);
  }
  await mkdir(join(place.path, 'bin'), { recursive: true });
  await symlink('/usr/bin/env', join(place.path, 'bin/env'));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const env = { PATH: join(place.path, 'bin') };
  const outcome: Outcome = await installMissing(needs, { files: place.path, env, root, terminal });
  const argvs = (await readFile(log, 'utf8').catch(() => '')).split('\n').flatMap((line) => line.trim() || []);
  return { outcome, argvs };
}

const apt = { 'apt-get': '' };
const passes = 'test "$1" = -n && shift; exec "$@"';
const asks = 'echo "sudo: a password is required" >&2; exit 1';
const installs = 'apt-get install -y --no-install-recommends bzip2 socat';

test('a machine that has everything is left alone', async () => {
  const present = Object.keys(needs);
  expect(await setUp({ release: fedora, present })).toEqual({ outcome: { exitCode: 0 }, argvs: [] });
});

test.for([
  ['Debian', debian],
  ['Ubuntu', ubuntu],
] as const)('on %s root installs what is missing, and only that', async ([, release]) => {
  const { outcome, argvs } = await setUp({ release, present: ['/usr/bin/bzip2'], programs: apt, root: true });
  expect(outcome).toEqual({ exitCode: 0 });
  expect(argvs).toEqual(['apt-get update', 'apt-get install -y --no-install-recommends socat']);
});

test('a user installs through sudo', async () => {
  const { outcome, argvs } = await setUp({ release: debian, programs: { ...apt, sudo: passes, true: '' } });
  expect(outcome).toEqual({ exitCode: 0 });
  expect(argvs).toEqual([
    ...['sudo -n true', 'true', 'sudo apt-get update', 'apt-get update'],
    ...[`sudo env DEBIAN_FRONTEND=noninteractive ${installs}`, installs],
  ]);
});

test('a sudo that asks for a password is detected where nobody can answer', async () => {
  const { outcome, argvs } = await setUp({ release: debian, programs: { ...apt, sudo: asks } });
  expect(outcome).toEqual({
    exitCode: 2,
    said: 'This machine lacks bzip2, socat, and sudo asks for a password where there is no terminal: run "sudo apt-get install --no-install-recommends bzip2 socat" and try again.',
  });
  expect(argvs).toEqual(['sudo -n true']);
});

test('a sudo that asks for a password may ask on a terminal', async () => {
  const { outcome, argvs } = await setUp({ release: debian, programs: { ...apt, sudo: passes }, terminal: true });
  expect(outcome).toEqual({ exitCode: 0 });
  expect(argvs[0]).toBe('sudo apt-get update');
});

test('without sudo the command for root is named', async () => {
  const { outcome, argvs } = await setUp({ release: ubuntu, programs: apt });
  expect(outcome).toEqual({
    exitCode: 2,
    said: 'This machine lacks bzip2, socat, and there is no sudo to install them: as root, run "apt-get install --no-install-recommends bzip2 socat" and try again.',
  });
  expect(argvs).toEqual([]);
});

test.for([
  ['Fedora Linux 41', fedora],
  ['a system without /etc/os-release', undefined],
] as const)('a machine that is neither Debian nor Ubuntu is called by its name: %s', async ([name, release]) => {
  const { outcome, argvs } = await setUp({ ...(release === undefined ? {} : { release }), programs: { ...apt, sudo: passes } });
  expect(outcome).toEqual({
    exitCode: 2,
    said: `This machine lacks bzip2, socat, and podproof installs packages on Debian and Ubuntu only, not on ${name}: install them, or what they are called there, with its own package manager and try again.`,
  });
  expect(argvs).toEqual([]);
});

test('an apt-get that fails is quoted, with what to run by hand', async () => {
  const fails = 'test "$1" = update && exit 0; echo "Reading" >&2; echo "E: Unable to locate package socat" >&2; exit 100';
  const { outcome } = await setUp({ release: debian, programs: { 'apt-get': fails }, root: true });
  expect(outcome).toEqual({
    exitCode: 75,
    said: 'Cannot install bzip2, socat: E: Unable to locate package socat; run "apt-get install --no-install-recommends bzip2 socat" by hand.',
  });
});
