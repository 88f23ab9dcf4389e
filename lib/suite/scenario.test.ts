import { expect, test } from 'vitest';
import { defaultOptions, optionsKey, optionsOf, variantsOf } from './scenario.ts';

test('a scenario has ownership and CDI on unless it says otherwise', () => {
  const scenario = { id: 's', title: 'pod', pod: {} };
  expect(optionsKey(optionsOf(scenario))).toBe('ownership,cdi');
  expect(optionsKey(optionsOf({ ...scenario, options: { cdi: false } }))).toBe('ownership');
  expect(optionsKey(optionsOf({ ...scenario, options: { deviceOwnership: false, cdi: false } }))).toBe('none');
});

test('a VMM that shares no directory has the roots of its containers on block devices', () => {
  const scenario = { id: 's', title: 'pod', pod: {} };
  expect(optionsOf(scenario, { vmm: 'firecracker' })).toEqual({ ...defaultOptions, snapshotter: 'devmapper' });
  expect(optionsKey(optionsOf(scenario, { vmm: 'firecracker' }))).toBe('ownership,cdi,devmapper');
  expect(optionsOf(scenario, { vmm: 'qemu' })).toEqual(defaultOptions);
});

test('only Kata has the handlers that are settings of Kata', () => {
  expect(variantsOf('crun')).toEqual(['plain', 'withheld', 'all-allowed']);
  expect(variantsOf('kata')).toEqual(expect.arrayContaining(['plain', 'rootless', 'vfio-in-guest']));
});
