import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BlockedError } from '../../util/errors.ts';
import { execOk } from '../../util/exec.ts';
import { discoverKataPrefix, discoverKataRelease } from './prefix.ts';
import { craftTar } from '../../testing/artifacts.ts';
import { temporary } from '../../testing/temporary.ts';
import { unpack } from '../../artifacts/unpack.ts';

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

/** Archives as upstream packed them, by era: what of each a cell needs. Read at the release scripts and Makefiles of the tags. */
const eras = [
  {
    version: '2.5.2',
    archive: 'kata-static-2.5.2-x86_64.tar.xz',
    members: ['bin/containerd-shim-kata-v2', 'share/defaults/kata-containers/configuration-qemu.toml'],
    has: [['go', 'qemu']],
    hasNot: [
      ['rust', 'qemu', 'it has no rust shim'],
      ['go', 'clh', 'it has no share/defaults/kata-containers/configuration-clh.toml'],
    ],
  },
  {
    version: '3.2.0',
    archive: 'kata-static-3.2.0-amd64.tar.xz',
    members: [
      'bin/containerd-shim-kata-v2',
      'runtime-rs/bin/containerd-shim-kata-v2',
      'share/defaults/kata-containers/configuration-qemu.toml',
      'share/defaults/kata-containers/configuration-dragonball.toml',
    ],
    has: [
      ['go', 'qemu'],
      ['rust', 'dragonball'],
    ],
    hasNot: [['rust', 'qemu', 'it has no configuration of the rust shim for qemu']],
  },
  {
    version: '3.29.0',
    archive: 'kata-static-3.29.0-amd64.tar.zst',
    members: [
      'bin/containerd-shim-kata-v2',
      'runtime-rs/bin/containerd-shim-kata-v2',
      'share/defaults/kata-containers/configuration-qemu.toml',
      'share/defaults/kata-containers/runtime-rs/configuration-qemu-runtime-rs.toml',
      'share/defaults/kata-containers/runtime-rs/configuration-cloud-hypervisor.toml',
    ],
    has: [
      ['go', 'qemu'],
      ['rust', 'qemu'],
      ['rust', 'clh'],
    ],
    hasNot: [],
  },
  {
    version: '4.1.0',
    archive: 'kata-go-static-4.1.0-amd64.tar.zst',
    members: ['bin/containerd-shim-kata-v2', 'share/defaults/kata-containers/configuration-qemu.toml'],
    has: [['go', 'qemu']],
    hasNot: [['rust', 'qemu', 'it has no rust shim']],
  },
  {
    version: '4.1.0',
    archive: 'kata-static-4.1.0-amd64.tar.zst',
    members: [
      'runtime-rs/bin/containerd-shim-kata-v2',
      'share/defaults/kata-containers/runtime-rs/configuration-qemu-runtime-rs.toml',
      'share/defaults/kata-containers/runtime-rs/configuration-clh-runtime-rs.toml',
    ],
    has: [
      ['rust', 'qemu'],
      ['rust', 'clh'],
    ],
    hasNot: [['go', 'qemu', 'it has no go shim']],
  },
] as const;

describe('discoverKataRelease', () => {
  test.for(eras)('finds shim and template in $archive, and says what is not there', async (era) => {
    await using place = await temporary();
    const files = [...era.members.map((path) => ({ path, content: path })), { path: 'VERSION', content: `${era.version}\n` }];
    const tar = join(place.path, 'archive.tar');
    await writeFile(tar, craftTar(files.map(({ path, content }) => ({ path: `./opt/kata/${path}`, content }))));
    const archive = join(place.path, era.archive);
    const packer = era.archive.endsWith('.xz') ? 'xz' : 'zstd';
    await execOk(['sh', '-euc', `${packer} -q -c "$1" >"$2"`, 'sh', tar, archive]);
    const root = join(place.path, 'root');
    await mkdir(root);
    await unpack(archive, root);
    for (const [shim, vmm] of era.has) {
      const { prefix, ...found } = await discoverKataRelease(root, { version: era.version, shim, vmm });
      expect(prefix).toMatchObject({ directory: join(root, 'opt/kata'), version: era.version });
      for (const path of Object.values(found)) expect(era.members).toContain(path);
    }
    for (const [shim, vmm, words] of era.hasNot)
      await expect(discoverKataRelease(root, { version: era.version, shim, vmm })).rejects.toThrow(words);
  });

  test('is blocked where the prefix is another version, with what to do', async () => {
    await using place = await temporary();
    await fill(place.path, { VERSION: '3.30.0\n', 'bin/containerd-shim-kata-v2': '' });
    const wrong = discoverKataRelease(place.path, { version: '4.1.0' });
    await expect(wrong).rejects.toThrow(BlockedError);
    await expect(wrong).rejects.toThrow(`Cannot take Kata 4.1.0 from ${place.path}: its file VERSION says 3.30.0`);
    await expect(wrong).rejects.toMatchObject({ remedy: 'put each version into a directory of its own' });
  });
});
