import { chmod, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unpack } from '../../artifacts/unpack.ts';
import { craftTar } from '../../testing/artifacts.ts';
import { temporary } from '../../testing/temporary.ts';
import { BlockedError } from '../../util/errors.ts';
import { execOk } from '../../util/exec.ts';
import { discoverKataRelease } from './release.ts';

async function fill(directory: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

const templatePath = 'share/defaults/kata-containers/configuration-qemu.toml';
const guest = ['share/kata-containers/vmlinux.container', 'share/kata-containers/kata-containers.img'] as const;
const template = `[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64"
kernel = "/opt/kata/${guest[0]}"
image = "/opt/kata/${guest[1]}"
`;
const contentOf = (path: string): string => (path.endsWith('.toml') ? template : path.endsWith('.img') ? '' : path);

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
    const members = [...era.members, ...guest];
    const files = [
      ...members.map((path) => ({ path, content: contentOf(path) })),
      { path: 'VERSION', content: `${era.version}\n` },
    ];
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
      expect(found.guest).toEqual(guest);
      for (const path of [found.shim, found.template]) expect(era.members).toContain(path);
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

  const whole = {
    'bin/containerd-shim-kata-v2': '#!/bin/sh\n',
    [templatePath]: template,
    'share/kata-containers/vmlinux.container': '',
    'share/kata-containers/kata-containers.img': '',
  };

  /** A prefix with one shim for QEMU, after `change`. */
  async function refusal(change: (directory: string) => Promise<void>): Promise<unknown> {
    await using place = await temporary();
    await fill(place.path, whole);
    await chmod(join(place.path, 'bin/containerd-shim-kata-v2'), 0o755);
    await change(place.path);
    const error: unknown = await discoverKataRelease(place.path, { version: '3.30.0' }).catch((thrown: unknown) => thrown);
    if (!(error instanceof BlockedError)) return error;
    return error.message.replaceAll(place.path, 'PREFIX');
  }

  test('takes an initrd where there is no image, and a kernel by another name', async () => {
    expect(
      await refusal(async (directory) => {
        await rm(join(directory, 'share/kata-containers'), { recursive: true });
        await fill(directory, { 'share/kata-containers/vmlinuz-6.1': '', 'share/kata-containers/kata-alpine.initrd': '' });
      }),
    ).toMatchObject({ guest: ['share/kata-containers/vmlinuz-6.1', 'share/kata-containers/kata-alpine.initrd'] });
  });

  test.each([
    ['kernel', 'vmlinux.container'],
    ['image', 'kata-containers.img'],
  ])('is blocked where there is no guest %s', async (_, file) => {
    expect(await refusal((directory) => rm(join(directory, 'share/kata-containers', file)))).toBe(
      `Cannot take Kata 3.30.0 from PREFIX: it has no share/kata-containers/${file}, which ${templatePath} names, nor a substitute for it`,
    );
  });

  test('is blocked by a shim that is not executable', async () => {
    expect(await refusal((directory) => chmod(join(directory, 'bin/containerd-shim-kata-v2'), 0o644))).toBe(
      'Cannot take Kata 3.30.0 from PREFIX: bin/containerd-shim-kata-v2 is not executable',
    );
  });

  const withImage = (setting: string) => async (directory: string) => {
    await fill(directory, { [templatePath]: `${template}${setting}\n` });
    await truncate(join(directory, guest[1]), 3 * 1024 * 1024);
  };

  test.each(['', 'disable_image_nvdimm = false', 'vm_rootfs_driver = "virtio-pmem"'])(
    'is blocked by an image that a guest cannot map as an NVDIMM: %j',
    async (setting) => {
      expect(await refusal(withImage(setting))).toBe(
        `Cannot take Kata 3.30.0 from PREFIX: ${guest[1]} has 3145728 bytes, and a guest maps an NVDIMM only in whole pieces of 2 MiB`,
      );
    },
  );

  test.each(['disable_image_nvdimm = true', 'vm_rootfs_driver = "virtio-blk-pci"'])(
    'takes an image of any size that is no NVDIMM: %s',
    async (setting) => {
      expect(await refusal(withImage(setting))).toMatchObject({ guest });
    },
  );

  test.each([
    ['[hypervisor.qemu\nkernel = 1', /: Cannot read TOML: .* at row 1, col \d+/],
    ['kernel = "x"', /: Cannot configure Kata: the template has no table \[hypervisor\]$/],
  ])('is blocked by a template that is broken, and says where: %j', async (text, words) => {
    const said = await refusal((directory) => fill(directory, { [templatePath]: text }));
    expect(said).toMatch(words);
    expect(said).toContain(`Cannot take Kata 3.30.0 from PREFIX: ${templatePath}: `);
  });
});
