import { expect, test } from 'vitest';
import { kernelCommandLine, qemuArguments } from './arguments.ts';
import type { Instance, Machine } from './arguments.ts';

const machine: Machine = {
  spec: { memoryMiB: 3072, cpus: 2, kernelParameters: [] },
  accelerator: 'tcg',
  qemu: { version: '10.0.2' },
};
const instance: Instance = {
  token: 'podproof-0123456789ab',
  kernel: '/i/vmlinuz',
  initrd: '/i/initrd',
  disk: '/l/root.qcow2',
  canaryDisk: '/l/canary.raw',
  plainDisk: '/l/plain.raw',
  qmpSocket: '/r/qmp',
  console: '/logs/console.log',
  incoming: false,
};
const line = (m: Machine, i: Instance): string => qemuArguments(m, i).join(' ');

test('the host has no way to the network but the ssh port on our loopback', () => {
  const networks = qemuArguments(machine, instance).filter((argument) => argument.startsWith('user,'));
  expect(networks).toEqual(['user,id=uplink,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-10.0.2.15:22']);
  expect(line(machine, instance)).toContain('-nodefaults');
});

test('KVM gets the CPU of the machine and an interrupt chip that the IOMMU can remap', () => {
  const kvm = line({ ...machine, accelerator: 'kvm' }, instance);
  expect(kvm).toContain('-machine q35,sata=off,smbus=off,accel=kvm,kernel-irqchip=split');
  expect(kvm).toContain('-cpu host');
  expect(line(machine, instance)).toContain('-machine q35,sata=off,smbus=off,accel=tcg -cpu max');
});

test('the IOMMU comes before every device that it must cover, with x2APIC where QEMU emulates it', () => {
  const first = (of: Machine): string | undefined => qemuArguments(of, instance).find((_, i, all) => all[i - 1] === '-device');
  expect(first(machine)).toBe('intel-iommu,intremap=on,eim=on');
  expect(first({ ...machine, qemu: { version: '7.2.22' } })).toBe('intel-iommu,intremap=on');
  expect(first({ ...machine, accelerator: 'kvm' })).toBe('intel-iommu,intremap=on');
});

test('a comma in a path is doubled, as QEMU splits options at commas', () => {
  expect(line(machine, { ...instance, disk: '/l/a,b' })).toContain('file.filename=/l/a,,b,');
});

test('the token is in the argv, and only a restored machine waits for a state', () => {
  expect(qemuArguments(machine, instance)).toContain(instance.token);
  expect(line(machine, instance)).not.toContain('-incoming');
  expect(line(machine, { ...instance, incoming: true })).toMatch(/-incoming defer$/);
});

test('an emulated kernel is spared work, and one that runs on a real processor is as shipped', () => {
  for (const [name, value] of Object.entries({ mitigations: 'off', highres: 'off', preempt: 'none' })) {
    expect(kernelCommandLine(machine)).toContain(`${name}=${value}`);
    expect(kernelCommandLine({ ...machine, accelerator: 'kvm' })).not.toContain(name);
  }
});

test('kernel parameters of the matrix come last, so that they win', () => {
  const own = kernelCommandLine({ ...machine, spec: { ...machine.spec, kernelParameters: ['iommu=nopt'] } });
  expect(own).toMatch(/ iommu=nopt$/);
});
