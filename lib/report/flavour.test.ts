import { expect, test } from 'vitest';
import { flavourOf, partsOf } from '../model/flavour.ts';
import { runtimeText } from './history-text.ts';
import { ownName } from './own-name.ts';

const kata = { name: 'kata', shim: 'go', vmm: 'qemu' };
const kubelet = { version: '1.37.2' };

test.for([
  [{ runtime: { name: 'runc' } }, 'runc', { name: 'runc', parts: [] }],
  [{ runtime: kata }, 'kata go qemu', { name: 'kata', parts: ['go', 'qemu'] }],
  [{ runtime: { name: 'runc' }, kubelet }, 'runc behind kubelet 1.37.2', { name: 'runc', parts: [], behind: 'kubelet 1.37.2' }],
  [
    { runtime: kata, kubelet },
    'kata go qemu behind kubelet 1.37.2',
    { name: 'kata', parts: ['go', 'qemu'], behind: 'kubelet 1.37.2' },
  ],
] as const)('the flavour of %j is %s, and its parts are found in it again', ([cell, flavour, parts]) => {
  expect(flavourOf(cell)).toBe(flavour);
  expect(partsOf(flavour)).toEqual(parts);
});

test('a kubelet is no part of a runtime, however it is written', () => {
  expect(['runc', 'kata go qemu', 'runc behind kubelet 1.37.2', 'kata go qemu behind kubelet 1.37.2'].map(ownName)).toEqual([
    'runc',
    'Kata Containers (Go, QEMU)',
    'runc behind kubelet 1.37.2',
    'Kata Containers (Go, QEMU) behind kubelet 1.37.2',
  ]);
  expect(runtimeText('kata go qemu', '3.30.0')).toBe('kata 3.30.0 (go qemu)');
  expect(runtimeText('runc behind kubelet 1.37.2', '1.1.15')).toBe('runc 1.1.15 behind kubelet 1.37.2');
  expect(runtimeText('kata go qemu behind kubelet 1.37.2', '3.30.0')).toBe('kata 3.30.0 (go qemu) behind kubelet 1.37.2');
});
