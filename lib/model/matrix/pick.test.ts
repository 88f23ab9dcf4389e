import { expect, test } from 'vitest';
import { picks, versionLabel } from './pick.ts';

const kata = { version: '3.30.0', shim: 'go', vmm: 'qemu' } as const;

test.each([
  ['*', true],
  ['kata', true],
  ['kata@3.30.0', true],
  ['kata@3.30.0-go-qemu', true],
  ['kata@3.30.0-go', false],
  ['kata@3.30', false],
  ['runc', false],
  ['kat', false],
])('the pick %s of kata 3.30.0-go-qemu is %s', (pick, expected) => {
  expect(picks(pick, 'kata', kata)).toBe(expected);
});

test('a label carries shim and VMM', () => {
  expect(versionLabel(kata)).toBe('3.30.0-go-qemu');
  expect(versionLabel({ version: '1.21' })).toBe('1.21');
});
