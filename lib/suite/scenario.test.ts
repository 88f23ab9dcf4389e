import fc from 'fast-check';
import { expect, test } from 'vitest';
import { snapshotters } from '../engines/facts.ts';
import { defaultOptions, optionsKey, optionsOf, recordedOptions, variantsOf } from './scenario.ts';

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

test('the switches of a record are those that it was made with', () => {
  const options = fc.record({ deviceOwnership: fc.boolean(), cdi: fc.boolean(), snapshotter: fc.constantFrom(...snapshotters) });
  fc.assert(
    fc.property(options, (made) => {
      expect(recordedOptions({ ...made })).toEqual(made);
    }),
  );
  expect(recordedOptions({ deviceOwnership: true, cdi: true })).toEqual(defaultOptions);
});

test('only Kata has the handlers that are settings of Kata', () => {
  expect(variantsOf('crun')).toEqual(['plain', 'withheld', 'all-allowed']);
  expect(variantsOf('kata')).toEqual(expect.arrayContaining(['plain', 'rootless', 'vfio-in-guest']));
});
