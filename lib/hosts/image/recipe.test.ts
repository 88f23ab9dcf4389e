import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { execOk } from '../../util/exec.ts';
import { temporary } from '../../testing/temporary.ts';
import { remedyFor } from './build.ts';
import { smallInitrd } from './scripts.ts';
import { sourcesFrom } from './mirror.ts';
import { recipe, recipeHash } from './recipe.ts';

test('every choice that changes an image changes its name, and nothing else does', () => {
  const names = (['bookworm', 'trixie', 'sid'] as const).flatMap((suite) =>
    (['plain', 'kata'] as const).flatMap((variant) =>
      [true, false].map((expired) => recipeHash(recipe(suite, variant, expired), 'script')),
    ),
  );
  expect(new Set(names).size).toBe(12);
  expect(recipeHash(recipe('trixie', 'plain'), 'script')).toBe(recipeHash(recipe('trixie', 'plain'), 'script'));
  expect(recipeHash(recipe('trixie', 'plain'), 'another')).not.toBe(recipeHash(recipe('trixie', 'plain'), 'script'));
});

test('only the kata variant carries a VMM, and no image carries an engine or a runtime', () => {
  expect(recipe('trixie', 'plain').packages).not.toContain('qemu-system-x86');
  expect(recipe('trixie', 'kata').packages).toContain('virtiofsd');
  expect(recipe('bookworm', 'kata').packages).not.toContain('virtiofsd');
  // Profiles are loaded by engines, and none at boot.
  expect(recipe('trixie', 'plain').packages).toContain('apparmor');
  expect(recipe('trixie', 'plain').links).toHaveProperty(['/etc/systemd/system/apparmor.service'], '/dev/null');
  for (const name of ['containerd', 'runc', 'crun', 'cri-o']) expect(recipe('sid', 'kata').packages).not.toContain(name);
});

test('sshd lets us ask again and again while it starts, in words that the sshd of each Debian knows', () => {
  const sshd = (suite: 'bookworm' | 'trixie' | 'sid'): string =>
    recipe(suite, 'plain').files.find(({ path }) => path.startsWith('/etc/ssh/'))?.content ?? '';
  expect(sshd('trixie')).toMatch(/^PerSourcePenalties no$/m);
  expect(sshd('sid')).toBe(sshd('trixie'));
  // OpenSSH 9.2 ends with "Bad configuration option".
  expect(sshd('bookworm')).toBe(sshd('trixie').replace('PerSourcePenalties no\n', ''));
});

test('the sources of a Debian machine are used, with updates and security', () => {
  const targets =
    'http://mirror/debian\tDebian\tDebian\nhttp://mirror/sec\tDebian\tDebian-Security\nhttp://other\tOther\tOther\n';
  expect(sourcesFrom(targets, 'trixie')).toEqual([
    'deb http://mirror/debian trixie main',
    'deb http://mirror/debian trixie-updates main',
    'deb http://mirror/sec trixie-security main',
  ]);
  expect(sourcesFrom(targets, 'sid')).toEqual(['deb http://mirror/debian sid main']);
});

test('a machine of another distribution leaves the choice to mmdebstrap', () => {
  expect(sourcesFrom('http://archive.ubuntu.com/ubuntu\tUbuntu\tUbuntu\n', 'trixie')).toEqual([]);
  expect(sourcesFrom('', 'trixie')).toEqual([]);
  expect(sourcesFrom('-evil\tDebian\tDebian\n', 'trixie')).toEqual([]);
});

test('an expired package index is offered, never taken silently', () => {
  const words =
    'E: Release file for http://mirror/dists/sid/InRelease is expired (invalid since 14d). Updates will not be applied.';
  expect(remedyFor(words, 'sid')).toContain('"allowExpiredRelease": true');
  expect(remedyFor('spawn mmdebstrap ENOENT', 'sid')).toContain('apt install mmdebstrap');
  expect(remedyFor('E: write failed: No space left on device', 'sid')).toMatch(/^make room in \/var\/tmp and in /);
  expect(remedyFor('E: anything', 'sid')).toContain('--simulate sid');
});

test('the initrd is told to hold what finds the root file system, and nothing else, in the words of initramfs-tools', async () => {
  await using place = await temporary();
  await execOk(['sh', '-c', smallInitrd(recipe('trixie', 'plain').initrdModules), 'exec', place.path]);
  const written = (path: string): Promise<string> => readFile(join(place.path, path), 'utf8');
  expect(await written('etc/initramfs-tools/conf.d/podproof')).toBe('MODULES=list\nCOMPRESSLEVEL=1\n');
  const own = 'usr/share/initramfs-tools';
  expect(await written(`${own}/modules.d/podproof`)).toBe('virtio_pci\nvirtio_blk\next4\n');
  expect(await written(`${own}/hooks/podproof`)).toMatch(/^#!\/bin\/sh\n.*\n.*copy_exec \/sbin\/blkid\n$/);
  for (const script of ['hooks/podproof', 'scripts/init-bottom/podproof'])
    expect(await execOk([join(place.path, own, script), 'prereqs'])).toBe('');
});
