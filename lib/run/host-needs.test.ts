import { expect, test } from 'vitest';
import { leastNeeds } from '../hosts/needs.ts';
import { PlannedCell } from '../model/cell.ts';
import type { Scenario } from '../suite/scenario.ts';
import { featuresOf, needsOf, type CellWork } from './host-needs.ts';

const plain: Scenario = { id: 'plain', title: 'pod', pod: {} };
const mapped: Scenario = { id: 'mapped', title: 'pod in a user namespace', pod: { userNamespace: true } };
const inBlockFiles: Scenario = { id: 'blockfile', title: 'pod', options: { snapshotter: 'blockfile' }, pod: {} };
const twin: Scenario = { id: 'twin', title: 'two pods', pod: {}, twin: true };

function work(runtime: object, ...scenarios: Scenario[]): CellWork {
  const cell = PlannedCell.parse({
    id: 'metal/containerd-2.1.9/runtime',
    host: { id: 'metal', spec: { kind: 'ssh', destination: 'metal' } },
    engine: { name: 'containerd', version: '2.1.9', source: { kind: 'path' } },
    runtime: { version: '1.2', source: { kind: 'path' }, ...runtime },
  });
  return { cell, scenarios };
}

const qemu = { name: 'kata', version: '4.1.0', shim: 'go', vmm: 'qemu' };
const clh = { ...qemu, vmm: 'clh' };

test.for([
  ['runc in the network of its host', work({ name: 'runc' }, plain), []],
  ['runc with roots in block files', work({ name: 'runc' }, plain, inBlockFiles), ['loop']],
  ['runc with a user namespace', work({ name: 'runc' }, plain, mapped), ['bridge', 'veth']],
  ['gVisor', work({ name: 'runsc' }, plain), ['bridge', 'veth']],
  ['Kata with Cloud Hypervisor', work(clh, plain), ['bridge', 'veth', 'kvm', 'tun']],
  [
    'Kata with Firecracker',
    work({ ...qemu, vmm: 'firecracker' }, plain),
    ['loop', 'dm_thin_pool', 'bridge', 'veth', 'kvm', 'tun'],
  ],
  ['Kata with QEMU', work(qemu, plain), ['bridge', 'veth', 'kvm', 'tun', 'vhost_vsock', 'vhost_net']],
] as const)('%s needs of the kernel what its pods use', ([, cell, features]) => {
  expect(featuresOf(cell)).toEqual(features);
});

test('a host is asked for what all its cells need, the memory of the largest, and the room of what is sent', () => {
  expect(needsOf([work({ name: 'runc' }, plain)], 0)).toEqual(leastNeeds);
  const needs = needsOf([work({ name: 'runc' }, mapped), work(clh, plain), work(qemu, plain, twin)], 700);
  expect(needs.memoryMiB).toBe(leastNeeds.memoryMiB + 2 * (512 + 128));
  expect(needs.stateMiB).toBe(leastNeeds.stateMiB + 700);
  expect(needs.features.toSorted()).toEqual(['bridge', 'kvm', 'tun', 'veth', 'vhost_net', 'vhost_vsock']);
});
