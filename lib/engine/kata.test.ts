import { describe, expect, test } from 'vitest';
import { parseToml, type TomlTable } from '../util/toml.ts';
import { kataConfiguration } from './kata.ts';

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

const written = (shim: 'go' | 'rust', settings: Parameters<typeof kataConfiguration>[3]): TomlTable =>
  parseToml(kataConfiguration(template, '/opt/podproof/kata-3.30.0/opt/kata', shim, settings));

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
  });

  test('keeps an integer beyond 2^53 exact', () => {
    expect(kataConfiguration(template, '/k', 'rust', {})).toMatch(/compact_force_times = 9_?223_?372_?036_?854_?775_?807/);
  });

  test('refuses a template without a hypervisor table', () => {
    expect(() => kataConfiguration('[agent.kata]\n[runtime]\n', '/k', 'go', {})).toThrow(
      'the template has no table [hypervisor]',
    );
  });
});
