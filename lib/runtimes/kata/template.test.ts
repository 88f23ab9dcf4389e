import { describe, expect, it } from 'vitest';
import { kataTemplate } from './template.ts';

describe('the template of a Kata release', () => {
  it.for([
    ['2.5.2', 'go', 'qemu', 'configuration-qemu.toml'],
    ['3.0.0', 'go', 'firecracker', 'configuration-fc.toml'],
    ['3.2.0', 'rust', 'dragonball', 'configuration-dragonball.toml'],
    ['3.3.0', 'rust', 'dragonball', 'runtime-rs/configuration-dragonball.toml'],
    ['3.3.0', 'rust', 'qemu', 'runtime-rs/configuration-qemu.toml'],
    ['3.29.0', 'rust', 'qemu', 'runtime-rs/configuration-qemu-runtime-rs.toml'],
    ['3.29.0', 'rust', 'clh', 'runtime-rs/configuration-cloud-hypervisor.toml'],
    ['3.30.0', 'rust', 'clh', 'runtime-rs/configuration-clh-runtime-rs.toml'],
    ['4.1.0', 'go', 'clh', 'configuration-clh.toml'],
    ['4.1.0', 'rust', 'openvmm', 'runtime-rs/configuration-openvmm-azure-runtime-rs.toml'],
  ] as const)('of %s with the %s shim and %s is %s', ([version, shim, vmm, file]) => {
    expect(kataTemplate({ version, shim, vmm })).toBe(`share/defaults/kata-containers/${file}`);
  });

  it.for([
    ['2.5.2', 'rust', 'qemu'],
    ['3.0.0', 'go', 'stratovirt'],
    ['4.0.0', 'rust', 'openvmm'],
    ['4.1.0', 'go', 'dragonball'],
  ] as const)('of %s with the %s shim and %s does not exist', ([version, shim, vmm]) => {
    expect(kataTemplate({ version, shim, vmm })).toBeUndefined();
  });
});
