import { describe, expect, test } from 'vitest';
import { parseToml, type TomlTable } from '../../util/toml.ts';
import type { KataPrefix } from './prefix.ts';
import { kataConfiguration } from './configuration.ts';

/** The keys of kata-containers 3.30.0's templates that we touch, and some that we must not. */
const template = `
[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64"
initrd = "/opt/kata/share/kata-containers/kata-containers-initrd.img"
rootless = false
enable_annotations = ["enable_iommu"]
valid_hypervisor_paths = ["/opt/kata/bin/qemu-system-x86_64"]
default_memory = 2048
hot_plug_vfio = "no-port"
pcie_root_port = 0
[agent.kata]
dial_timeout = 45
[agent.kata.mem_agent]
compact_force_times = 9223372036854775807
[runtime]
enable_debug = false
vfio_mode = "guest-kernel"
`;

const withVirtiofsd = template.replace(
  'default_memory',
  'virtio_fs_daemon = "/opt/kata/libexec/virtiofsd"\nvalid_virtio_fs_daemon_paths = ["/opt/kata/libexec/virtiofsd"]\ndefault_memory',
);
const onHost = '/opt/podproof/kata-3.30.0/opt/kata';
const prefix: KataPrefix = {
  directory: '/cache/kata/opt/kata',
  shims: { go: 'bin/containerd-shim-kata-v2' },
  vmms: { 'qemu-system-x86_64': 'bin/qemu-system-x86_64' },
  virtiofsd: 'libexec/virtiofsd',
  kernels: ['share/kata-containers/vmlinux.container'],
  images: [],
  initrds: ['share/kata-containers/kata-containers-initrd.img'],
};

const written = (
  shim: 'go' | 'rust',
  settings: Parameters<typeof kataConfiguration>[2],
  from: KataPrefix = prefix,
  text = template,
): TomlTable => parseToml(kataConfiguration(text, { prefix: from, onHost, shim, emulated: true }, settings));

describe('the configuration of a Kata handler', () => {
  test('has its paths where the prefix is on the host, in lists too', () => {
    expect(written('go', {})).toMatchObject({
      hypervisor: {
        qemu: {
          path: '/opt/podproof/kata-3.30.0/opt/kata/bin/qemu-system-x86_64',
          valid_hypervisor_paths: ['/opt/podproof/kata-3.30.0/opt/kata/bin/qemu-system-x86_64'],
        },
      },
    });
  });

  test('names the VMM and virtiofsd of the distribution where the prefix has none', () => {
    const { virtiofsd: _, ...bare } = { ...prefix, vmms: {} };
    const { hypervisor } = written('go', {}, bare, withVirtiofsd);
    expect(hypervisor).toMatchObject({
      qemu: {
        path: '/usr/bin/qemu-system-x86_64',
        valid_hypervisor_paths: ['/usr/bin/qemu-system-x86_64'],
        virtio_fs_daemon: '/usr/libexec/virtiofsd',
        valid_virtio_fs_daemon_paths: ['/usr/libexec/virtiofsd'],
      },
    });
    expect(written('go', {}, prefix, withVirtiofsd)).toMatchObject({
      hypervisor: { qemu: { virtio_fs_daemon: `${onHost}/libexec/virtiofsd` } },
    });
  });

  test('starts the guest from the kernel, image or initrd that the prefix has', () => {
    const pristine = template.replace(
      'initrd = "/opt/kata/share/kata-containers/kata-containers-initrd.img"',
      'kernel = "/opt/kata/share/kata-containers/vmlinuz.container"\nimage = "/opt/kata/share/kata-containers/kata-containers.img"',
    );
    const kernel = `${onHost}/share/kata-containers/vmlinux.container`;
    expect(written('go', {}, prefix, pristine)['hypervisor']).toMatchObject({
      qemu: { kernel, initrd: `${onHost}/share/kata-containers/kata-containers-initrd.img` },
    });
    expect(written('go', {}, prefix, pristine)).not.toHaveProperty('hypervisor.qemu.image');
    const images = ['share/kata-containers/kata-ubuntu-noble.image'];
    expect(written('go', {}, { ...prefix, images }, pristine)).toMatchObject({
      hypervisor: { qemu: { image: `${onHost}/${images[0]}` } },
    });
    expect(written('go', {}, { ...prefix, images }, pristine)).not.toHaveProperty('hypervisor.qemu.initrd');
  });

  test('gives the VMM a seccomp filter only when the variant says so, by the key of each shim', () => {
    const filter = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';
    expect(written('go', { seccompSandbox: true })).toMatchObject({ hypervisor: { qemu: { seccompsandbox: filter } } });
    expect(written('rust', { seccompSandbox: true })).toMatchObject({ hypervisor: { qemu: { seccomp_sandbox: filter } } });
    expect(written('go', {})).not.toHaveProperty('hypervisor.qemu.seccompsandbox');
  });

  test('lets the shim log what it loaded, and the guest’s console where the variant says so', () => {
    expect(written('go', {})).toMatchObject({ hypervisor: { qemu: { enable_debug: false } }, runtime: { enable_debug: true } });
    expect(written('go', { guestConsole: true })).toMatchObject({ hypervisor: { qemu: { enable_debug: true } } });
  });

  test('is rootless only when the variant says so', () => {
    expect(written('go', {})).toMatchObject({ hypervisor: { qemu: { rootless: false } } });
    expect(written('go', { rootless: true })).toMatchObject({ hypervisor: { qemu: { rootless: true } } });
  });

  test('adds annotations to those that the template enables', () => {
    expect(written('go', { enableAnnotations: ['rootless'] })).toMatchObject({
      hypervisor: { qemu: { enable_annotations: ['enable_iommu', 'rootless'] } },
    });
  });

  test('names the VFIO port to the Go shim only, and gives both root ports', () => {
    const settings = { hotPlugVfio: 'root-port', vfioMode: 'vfio' } as const;
    const runtime = { vfio_mode: 'vfio' };
    expect(written('go', settings)).toMatchObject({
      hypervisor: { qemu: { hot_plug_vfio: 'root-port', pcie_root_port: 2 } },
      runtime,
    });
    expect(written('rust', settings)).toMatchObject({
      hypervisor: { qemu: { hot_plug_vfio: 'no-port', pcie_root_port: 2 } },
      runtime,
    });
  });

  test('gives a nested guest time, in the unit of each shim', () => {
    expect(written('go', {})).toMatchObject({ agent: { kata: { dial_timeout: 150 } } });
    expect(written('rust', {})).toMatchObject({ agent: { kata: { dial_timeout: 45, reconnect_timeout_ms: 150_000 } } });
    const quick = parseToml(kataConfiguration(template, { prefix, onHost, shim: 'go', emulated: false }, {}));
    expect(quick).toMatchObject({ agent: { kata: { dial_timeout: 45 } } });
    const unbooted = written('go', { patience: 'as shipped' });
    expect(unbooted).toMatchObject({ agent: { kata: { dial_timeout: 45 } } });
  });

  test('keeps an integer beyond 2^53 exact', () => {
    expect(kataConfiguration(template, { prefix, onHost, shim: 'rust', emulated: true }, {})).toMatch(
      /compact_force_times = 9_?223_?372_?036_?854_?775_?807/,
    );
  });

  test('refuses a template without a hypervisor table', () => {
    expect(() => kataConfiguration('[agent.kata]\n[runtime]\n', { prefix, onHost, shim: 'go', emulated: true }, {})).toThrow(
      'the template has no table [hypervisor]',
    );
  });
});
