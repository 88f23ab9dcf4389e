import { expect, test } from 'vitest';
import { containerChecks, type ContainerFindings } from '../container/doctor.ts';
import { localChecks, type LocalFindings } from '../local/doctor.ts';
import { vmChecks, type VmFindings } from '../vm/doctor.ts';
import type { Check } from './check.ts';
import { examineHost } from './host.ts';
import { availableMemoryMiB, machineChecks, type MachineFindings } from './machine.ts';
import type { HostFacts } from '../../model/host-facts.ts';

type Findings = MachineFindings & VmFindings & ContainerFindings & LocalFindings;

function checksOf(found: Findings): Check[] {
  return [machineChecks, vmChecks, containerChecks, localChecks].flatMap((checks) => checks(found));
}

const good: Findings = {
  kvm: { owner: '0:108', mode: '0660', group: 'kvm', usable: true },
  proof: { accelerator: 'kvm', reason: 'KVM ran a stock kernel', nested: true },
  nested: true,
  iommuGroups: 12,
  vhostVsock: true,
  qemu: { argv: ['qemu'], build: 'QEMU emulator version 10.0.2', version: '10.0.2', origin: 'bookworm-backports' },
  tools: { 'qemu-img': '7.2', mmdebstrap: '1.3', mke2fs: '1.47', ssh: 'OpenSSH_9.2', virtiofsd: '1.13' },
  buildTrouble: null,
  cacheDirectory: '/c',
  cacheFreeMiB: 80_000,
  memoryFreeMiB: 16_000,
  containerRuntime: { text: '/run/podman/podman.sock', reaper: true },
  notDisposable: '',
  artifacts: ['crio-1.36.3'],
};
const bad: Findings = {
  ...{ kvm: null, proof: null, nested: null, iommuGroups: 0, vhostVsock: false, qemu: null },
  tools: { 'qemu-img': null, mmdebstrap: null, mke2fs: null, ssh: null, virtiofsd: null },
  buildTrouble: { reason: 'newuidmap is not in the PATH', remedy: 'sudo apt install uidmap' },
  ...{
    cacheDirectory: '/c',
    cacheFreeMiB: 10,
    memoryFreeMiB: 10,
    containerRuntime: null,
    notDisposable: 'its owner has not marked it as disposable',
    artifacts: null,
  },
};

test('a machine with everything has no gap', () => {
  expect(checksOf(good).filter(({ status }) => status !== 'ok')).toEqual([]);
});

test('every gap has a fix, and no good thing has one', () => {
  for (const check of checksOf(bad)) expect(check, check.id).toMatchObject({ fix: expect.stringMatching(/\S/) });
  expect(checksOf(bad).filter(({ status }) => status === 'ok')).toEqual([]);
  for (const check of checksOf(good)) expect(check).not.toHaveProperty('fix');
});

test('a /dev/kvm that exists and does not work is a warning with the exact reason', () => {
  const proof = { accelerator: 'tcg' as const, reason: 'full emulation, as it fails', said: 'qemu: long story', nested: true };
  const found = checksOf({ ...good, proof });
  expect(found.find(({ id }) => id === 'kvm-works')).toMatchObject({
    ...{ status: 'warn', found: 'full emulation, as it fails', detail: 'qemu: long story' },
  });
});

test('an unusable /dev/kvm names the group to join', () => {
  const found = checksOf({ ...good, kvm: { owner: '0:36', mode: '0660', group: 'virt', usable: false } });
  expect(found.find(({ id }) => id === 'kvm-device')?.fix).toBe('sudo usermod -aG virt "$USER", then log in again');
});

test('nobody is told to join the group of root, nor one that may not open /dev/kvm', () => {
  for (const kvm of [
    { owner: '0:0', mode: '0660', group: 'root', usable: false },
    { owner: '0:108', mode: '0600', group: 'kvm', usable: false },
  ]) {
    const fix = checksOf({ ...good, kvm }).find(({ id }) => id === 'kvm-device')?.fix;
    expect(fix).toMatch(/^sudo chgrp kvm \/dev\/kvm && sudo chmod 0660 \/dev\/kvm && sudo usermod -aG kvm "\$USER"/);
  }
});

test('an open mode of /dev/kvm on a host is pointed out, as it hides a wrong group', () => {
  const facts = { kvm: { present: true, owner: '0:993', mode: '0666', group: 'kvm' }, accelerator: 'kvm' } as HostFacts;
  expect(examineHost(facts).find(({ id }) => id === 'host-kvm-mode')).toMatchObject({ status: 'warn' });
});

test('a QEMU that loses emulated hosts is a warning, and names the one that would not', () => {
  const qemu = {
    argv: ['qemu'] as const,
    build: '',
    version: '7.2.22',
    origin: 'installed',
    shortcoming: 'that of x is not there',
  };
  const found = checksOf({ ...good, qemu });
  expect(found.find(({ id }) => id === 'qemu')).toMatchObject({ status: 'ok', found: '7.2.22, installed' });
  expect(found.find(({ id }) => id === 'qemu-reliable')).toMatchObject({
    status: 'warn',
    found: 'before QEMU 8.1 a host is lost now and then; that of x is not there',
  });
  expect(checksOf({ ...good, qemu: { ...qemu, version: '6.2.0' } }).find(({ id }) => id === 'qemu')?.status).toBe('missing');
});

test('available memory is read in MiB', () => {
  expect(availableMemoryMiB('MemTotal: 9 kB\nMemAvailable:    2048 kB\n')).toBe(2);
  expect(availableMemoryMiB('')).toBe(0);
});
