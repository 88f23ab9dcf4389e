import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discoverKataPrefix } from './prefix.ts';
import { temporary } from '../../testing/temporary.ts';

async function fill(directory: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

describe('discoverKataPrefix', () => {
  test('reads the layout of a release', async () => {
    await using place = await temporary();
    const prefix = join(place.path, 'opt/kata');
    await fill(prefix, {
      VERSION: '3.30.0\n',
      'bin/containerd-shim-kata-v2': '',
      'bin/kata-runtime': '',
      'bin/cloud-hypervisor': '',
      'runtime-rs/bin/containerd-shim-kata-v2': '',
      'libexec/virtiofsd': '',
      'share/defaults/kata-containers/configuration-qemu.toml': '',
      'share/defaults/kata-containers/configuration-clh.toml': '',
      'share/defaults/kata-containers/configuration.toml': '',
      'share/defaults/kata-containers/runtime-rs/configuration-qemu-runtime-rs.toml': '',
      'share/kata-containers/vmlinux-6.18.35-1': '',
      'share/kata-containers/vmlinux.container': '',
      'share/kata-containers/config-6.18.35-1': '',
      'share/kata-containers/kata-containers.img': '',
      'share/kata-containers/kata-ubuntu-noble.image': '',
      'share/kata-containers/kata-containers-initrd.img': '',
    });
    await symlink('/usr/bin/qemu-system-x86_64', join(prefix, 'bin/qemu-system-x86_64'));
    expect(await discoverKataPrefix(place.path)).toEqual({
      directory: prefix,
      version: '3.30.0',
      shims: { go: 'bin/containerd-shim-kata-v2', rust: 'runtime-rs/bin/containerd-shim-kata-v2' },
      vmms: { 'cloud-hypervisor': 'bin/cloud-hypervisor', 'qemu-system-x86_64': 'bin/qemu-system-x86_64' },
      virtiofsd: 'libexec/virtiofsd',
      kernels: ['share/kata-containers/vmlinux.container', 'share/kata-containers/vmlinux-6.18.35-1'],
      images: ['share/kata-containers/kata-containers.img', 'share/kata-containers/kata-ubuntu-noble.image'],
      initrds: ['share/kata-containers/kata-containers-initrd.img'],
    });
  });

  test('finds one shim in the directory itself', async () => {
    await using place = await temporary();
    await fill(place.path, { 'runtime-rs/bin/containerd-shim-kata-v2': '' });
    expect(await discoverKataPrefix(place.path)).toEqual({
      directory: place.path,
      shims: { rust: 'runtime-rs/bin/containerd-shim-kata-v2' },
      vmms: {},
      kernels: [],
      images: [],
      initrds: [],
    });
  });

  test('is blocked without a shim', async () => {
    await using place = await temporary();
    await expect(discoverKataPrefix(place.path)).rejects.toThrow(
      `There is no Kata prefix in ${place.path}: neither bin/containerd-shim-kata-v2 nor runtime-rs/bin/containerd-shim-kata-v2 is there or in opt/kata`,
    );
  });
});
