import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cgroupDrivers, podCgroup, recordedDriver, type PodClass } from './cgroup-driver.ts';

const uid = '93a4e8c0-0f3b-4f4e-9d4b-7a5f0f2a1c11';

test.each<[PodClass, string, string]>([
  ['guaranteed', `/kubepods/pod${uid}`, '/kubepods.slice/kubepods-pod93a4e8c0_0f3b_4f4e_9d4b_7a5f0f2a1c11.slice'],
  [
    'besteffort',
    `/kubepods/besteffort/pod${uid}`,
    '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod93a4e8c0_0f3b_4f4e_9d4b_7a5f0f2a1c11.slice',
  ],
])('a %s pod has the control group that a kubelet gives it', (podClass, cgroupfs, systemd) => {
  expect(podCgroup('cgroupfs', podClass, uid)).toBe(cgroupfs);
  expect(podCgroup('systemd', podClass, uid)).toBe(systemd);
});

test('systemd finds every slice below those whose names it is made of', () => {
  const podClass = fc.constantFrom<PodClass>('guaranteed', 'burstable', 'besteffort');
  fc.assert(
    fc.property(podClass, fc.uuid(), (of, id) => {
      const slices = podCgroup('systemd', of, id).slice(1).split('/');
      slices.forEach((slice, at) => expect(slice.replace(/\.slice$/, '').split('-')).toHaveLength(at + 1));
    }),
  );
});

test('a record names the driver that it was made with; one that names none is older than the choice', () => {
  expect(cgroupDrivers.map(recordedDriver)).toEqual(cgroupDrivers);
  expect(recordedDriver(undefined)).toBe('cgroupfs');
});
