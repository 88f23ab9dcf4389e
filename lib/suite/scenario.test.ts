import { expect, test } from 'vitest';
import { defaultOptions, optionsKey, optionsOf, type EngineOptions } from './scenario.ts';

test('a scenario has ownership and CDI on unless it says otherwise', () => {
  const scenario = { id: 's', title: 'pod', pod: {} };
  const key = (options: Partial<EngineOptions>): string => optionsKey(optionsOf({ ...scenario, options }));
  expect(key({})).toBe('ownership,cdi,systemd');
  expect(key({ cdi: false })).toBe('ownership,systemd');
  expect(key({ cgroupDriver: 'cgroupfs' })).toBe('ownership,cdi');
  expect(key({ appArmor: true })).toBe('ownership,cdi,systemd,apparmor');
  expect(key({ deviceOwnership: false, cdi: false, cgroupDriver: 'cgroupfs' })).toBe('none');
});

test('a host without systemd has the driver that needs none', () => {
  const scenario = { id: 's', title: 'pod', pod: {} };
  expect(optionsOf(scenario, { facts: { systemd: false } }).cgroupDriver).toBe('cgroupfs');
  expect(optionsOf(scenario, { facts: { systemd: true } }).cgroupDriver).toBe('systemd');
});

test('a VMM that shares no directory has the roots of its containers on block devices', () => {
  const scenario = { id: 's', title: 'pod', pod: {} };
  expect(optionsOf(scenario, { runtime: { vmm: 'firecracker' } })).toEqual({ ...defaultOptions, snapshotter: 'devmapper' });
  expect(optionsKey(optionsOf(scenario, { runtime: { vmm: 'firecracker' } }))).toBe('ownership,cdi,devmapper,systemd');
  expect(optionsOf(scenario, { runtime: { vmm: 'qemu' } })).toEqual(defaultOptions);
});
