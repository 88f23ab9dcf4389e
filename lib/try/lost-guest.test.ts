import { expect, test } from 'vitest';
import type { Outcome } from '../model/outcome.ts';
import { lostGuest } from './lost-guest.ts';

const refused = (message: string): { outcome: Outcome } => ({
  outcome: { kind: 'refused', call: 'RunPodSandbox', code: 'UNKNOWN', message },
});
const silent = refused('Failed to Check if grpc server is working: … timed out connecting to vsock 4112385362:1024: unknown');
const emulated = { accelerator: 'tcg' } as const;

const probed = refused('the probe ended with 255: ; its sandbox ended while it was probed');

test('a guest that never answered, or ended while it was probed, is lost where KVM is emulated, and the answer of the runtime elsewhere', () => {
  expect(lostGuest('kata', emulated, [silent])).toMatch(/guest/);
  expect(lostGuest('kata', emulated, [{ outcome: { kind: 'ran' } }, probed])).toMatch(/guest/);
  expect(lostGuest('kata', { accelerator: 'kvm' }, [silent])).toBeUndefined();
  expect(lostGuest('runc', emulated, [silent])).toBeUndefined();
});

test('a pod that is refused or runs has lost no guest', () => {
  expect(
    lostGuest('kata', emulated, [refused('cold_plug_vfio= or hot_plug_vfio= port is not set for device 0000:00:08.0')]),
  ).toBe(undefined);
  expect(lostGuest('kata', emulated, [{ outcome: { kind: 'ran' } }])).toBeUndefined();
});
