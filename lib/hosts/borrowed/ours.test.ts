import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporary } from '../../testing/temporary.ts';
import { exec, execOk } from '../../util/exec.ts';

const script = fileURLToPath(new URL('ours.sh', import.meta.url));
const own = '/var/lib/podproof';

/** Lines of mountinfo(5): device, path in its file system, mount point, and options of the file system. */
type Mounts = ReadonlyArray<readonly [device: string, root: string, at: string, superblock?: string]>;

const disk: Mounts = [
  ['254:1', '/', '/'],
  ['0:24', '/', '/run'],
];
const jail: Mounts = [
  ['0:24', '/vc/firecracker/0123/root', '/'],
  ['254:1', `${own}/attached/kata-4.1.0/share/kata-containers/vmlinux`, '/vmlinux'],
];

/** Whether a process with this program, these mounts and this directory is taken for ours, on a machine whose own mounts are `machine`. */
async function taken(exe: string, mounts: Mounts, machine: Mounts = disk, cwd = '/'): Promise<boolean> {
  await using place = await temporary();
  const proc = place.path;
  for (const [pid, has] of [
    ['self', machine],
    ['7', mounts],
  ] as const) {
    await mkdir(join(proc, pid));
    const lines = has.map(
      ([device, root, at, superblock = 'rw']) => `36 35 ${device} ${root} ${at} rw - ext4 none ${superblock}\n`,
    );
    await writeFile(join(proc, pid, 'mountinfo'), lines.join(''));
  }
  await symlink(exe, join(proc, '7', 'exe'));
  await symlink(cwd, join(proc, '7', 'cwd'));
  const { stdout, stderr, exitCode } = await exec(['sh', '-uc', `. "$1"; own=${own}; ours "$2"`, 'sh', script, proc]);
  expect({ stdout, stderr, exitCode }).toEqual({ stdout: expect.toBeOneOf(['7\n', '']), stderr: '', exitCode: 0 });
  return stdout !== '';
}

test.for<[string, string, Mounts, Mounts?]>([
  ['a program from below our directory', `${own}/attached/containerd/bin/containerd`, disk],
  ['a container whose layers are there', '/bin/sleep', [['0:40', '/', '/', `rw,upperdir=${own}/containerd/root/fs`]]],
  ['a jailed VMM whose shim is gone', '/firecracker', jail],
  [
    'a jailed VMM where our directory is on a disk of its own',
    '/firecracker',
    [['254:3', '/podproof/vmlinux', '/vmlinux']],
    [...disk, ['254:3', '/', '/var/lib']],
  ],
  [
    'a jailed VMM whose prefix is bound into our directory',
    '/firecracker',
    [['254:1', '/home/me/cache/kata/vmlinux', '/vmlinux']],
    [...disk, ['254:1', '/home/me/cache/kata', `${own}/attached/kata`]],
  ],
  [
    'a VMM of the machine with the root of our container',
    '/usr/bin/qemu-system-x86_64',
    [...disk, ['0:40', '/', '/run/kata-containers/shared/rootfs']],
    [...disk, ['0:40', '/', `${own}/containerd/state/rootfs`]],
  ],
])('%s is ours', async ([, exe, mounts, machine]) => {
  expect(await taken(exe, mounts, machine)).toBe(true);
});

test.for<[string, string, Mounts, Mounts?]>([
  ['a program of the machine', '/usr/bin/sleep', disk],
  ['a program of a directory with a longer name', `${own}-2/bin/x`, disk],
  ['a jailed VMM of somebody else', '/firecracker', [['254:1', '/opt/kata/share/kata-containers/vmlinux', '/vmlinux']]],
  ['a file of a directory with a longer name', '/firecracker', [['254:1', `${own}-2/vmlinux`, '/vmlinux']]],
  ['the same path on another disk', '/firecracker', [['254:9', `${own}/vmlinux`, '/vmlinux']]],
  [
    'a service with a copy of our mounts',
    '/usr/lib/systemd/systemd-logind',
    [...disk, ['254:1', `${own}/crio/root/overlay`, `${own}/crio/root/overlay`]],
  ],
  [
    'who sees what the machine’s owner has bound elsewhere',
    '/usr/sbin/sshd',
    [...disk, ['254:1', `${own}/runs`, '/srv/runs']],
    [...disk, ['254:1', `${own}/runs`, '/srv/runs']],
  ],
])('%s is not ours', async ([, exe, mounts, machine]) => {
  expect(await taken(exe, mounts, machine)).toBe(false);
});

test('a helper that works in our directory is ours, and one in a directory that begins like it is not', async () => {
  expect(await taken('/usr/bin/socat', disk, disk, `${own}/kubelet-1.37.2/engine`)).toBe(true);
  expect(await taken('/usr/bin/socat', disk, disk, `${own}-of-others/engine`)).toBe(false);
});

test('what was not there before goes with all below it, and what somebody uses stays', async () => {
  await using place = await temporary();
  const [ours, used] = [join(place.path, 'vc'), join(place.path, 'vc-of-others')];
  for (const directory of [ours, used]) await mkdir(join(directory, 'sbs/0123'), { recursive: true });
  const sockets = join(place.path, 'unix');
  await writeFile(sockets, `0000: 00000002 00000000 00010000 0001 01 4711 ${used}/sbs/0123/shim-monitor.sock\n`);
  await writeFile(join(place.path, 'absent-before'), [ours, used, `${place.path}/never-made`, ''].join('\n'));
  await execOk(['sh', '-euc', '. "$1"; remove_again "$2" <"$3"', 'sh', script, sockets, join(place.path, 'absent-before')]);
  expect((await readdir(place.path)).sort()).toEqual(['absent-before', 'unix', 'vc-of-others']);
});
