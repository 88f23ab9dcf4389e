import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { craftTar } from '../../testing/artifacts.ts';
import { fakePrograms } from '../../testing/fake-programs.ts';
import { temporary } from '../../testing/temporary.ts';
import { debianCodename, findQemu, obtainQemu, originOf } from './qemu.ts';

afterEach(() => vi.unstubAllEnvs());

const says = (version: string): string => `echo "QEMU emulator version ${version} (Debian 1:${version}-1)"`;
const madison = (version: string): string =>
  `echo "qemu-system-x86 | 1:${version}-1~bpo12+1 | http://mirror.invalid bookworm-backports/main amd64 Packages"`;

const mirror = "printf 'http://mirror.invalid/debian\\tDebian\\tDebian\\n'";

/** A machine with the installed QEMU and the package manager that `scripts` play; each call is a line of `calls`. */
async function machine(path: string, installed: string, scripts: Record<string, string> = {}) {
  const packed = { path: './usr/bin/qemu-system-x86_64', content: `#!/bin/sh\n${says('10.0.2')}\n` };
  await writeFile(join(path, 'package.tar'), craftTar([packed]));
  await writeFile(join(path, 'os-release'), 'ID=debian\nVERSION_CODENAME=bookworm\n');
  const calls = await fakePrograms(path, {
    'qemu-system-x86_64': says(installed),
    mmdebstrap: 'true',
    'apt-config': 'true',
    'apt-cache': madison('10.0.2'),
    'apt-get': `case $1 in indextargets) ${mirror} ;; esac; for word; do case $word in Dir::Cache::Archives=*) cp "${path}/package.tar" "\${word#*=}/qemu.deb" ;; esac; done`,
    'dpkg-deb': 'tar --extract --file "$2" --directory "$3"',
    ...scripts,
  });
  vi.stubEnv('XDG_CACHE_HOME', join(path, 'cache'));
  const context = { signal: new AbortController().signal, progress: () => undefined };
  return {
    obtain: () => obtainQemu(context, join(path, 'os-release')),
    find: () => findQemu(join(path, 'os-release')),
    calls,
  };
}

test('a reliable QEMU that is installed is taken, and nothing is asked for', async () => {
  await using place = await temporary();
  const { obtain, calls } = await machine(place.path, '8.1.0');
  expect(await obtain()).toEqual({
    argv: ['qemu-system-x86_64'],
    build: 'QEMU emulator version 8.1.0 (Debian 1:8.1.0-1)',
    version: '8.1.0',
    origin: 'installed',
  });
  expect(await calls()).toEqual(['qemu-system-x86_64 --version']);
});

test('an older one gives way to that of backports, which is fetched once and needs no network afterwards', async () => {
  await using place = await temporary();
  const { obtain, find, calls } = await machine(place.path, '7.2.22');
  expect(originOf(await find())).toBe(
    'installed; that of bookworm-backports is fetched when a host is started for the first time',
  );
  expect((await calls()).join()).not.toContain('mmdebstrap');
  const taken = await obtain();
  expect(taken).toMatchObject({ version: '10.0.2', origin: 'bookworm-backports' });
  expect(taken.argv.join(' ')).toMatch(/\/root\/usr\/bin\/qemu-system-x86_64 -L \S+\/root\/usr\/share\/qemu /);
  const before = (await calls()).filter((line) => !line.startsWith('qemu'));
  expect(before.join('\n')).toMatch(/mmdebstrap .* bookworm-backports \S+ .*deb \S+ bookworm-backports main$/m);
  expect(before.join('\n')).toMatch(/apt-get install .*--download-only .*--target-release=bookworm-backports/);
  expect(await obtain()).toEqual(taken);
  expect(await find()).toEqual(taken);
  expect((await calls()).filter((line) => !line.startsWith('qemu'))).toEqual(before);
});

test('a machine whose apt names no mirror of Debian keeps the installed one, and says so', async () => {
  await using place = await temporary();
  const { obtain } = await machine(place.path, '7.2.22', { 'apt-get': 'true' });
  expect(originOf(await obtain())).toBe(
    'installed; that of bookworm-backports was unavailable: apt of this machine names no mirror of Debian to take bookworm-backports from',
  );
});

test('where it is unavailable, the installed one is taken and says why', async () => {
  await using place = await temporary();
  const { obtain } = await machine(place.path, '7.2.22', { mmdebstrap: 'echo "E: no route" >&2; exit 1' });
  expect(originOf(await obtain())).toBe(
    'installed; that of bookworm-backports was unavailable: Cannot fetch the package index of Debian bookworm-backports: no route',
  );
});

test('backports that have nothing newer change nothing', async () => {
  await using place = await temporary();
  const { obtain } = await machine(place.path, '7.2.22', { 'apt-cache': madison('7.2.22') });
  expect(originOf(await obtain())).toBe(
    'installed; that of bookworm-backports was unavailable: it has 7.2.22, and 7.2.22 is installed',
  );
});

test('of a machine without QEMU the reason names the package that has it', async () => {
  await using place = await temporary();
  const { obtain } = await machine(place.path, '', { 'qemu-system-x86_64': 'echo "exec format error" >&2; exit 126' });
  await expect(obtain()).rejects.toMatchObject({ name: 'BlockedError', remedy: 'apt install qemu-system-x86 qemu-utils' });
});

test('only Debian itself has these backports', () => {
  expect(debianCodename('PRETTY_NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n')).toBe('bookworm');
  expect(debianCodename('ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=jammy\n')).toBeUndefined();
  expect(debianCodename('ID=debian\n')).toBeUndefined();
});
