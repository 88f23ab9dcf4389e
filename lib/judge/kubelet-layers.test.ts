import { expect, test } from 'vitest';
import { kubeletWork } from '../testing/evidence.ts';
import { kubeletLayers } from './kubelet-layers.ts';

const node = { hostPath: '/dev/mine', containerPath: '/dev/given', permissions: 'mrw' };
const work = {
  ...kubeletWork,
  pod: {
    ...kubeletWork.pod,
    manifest: JSON.stringify({
      spec: {
        securityContext: { runAsUser: 1000, runAsGroup: 2000 },
        containers: [{ name: 'main', securityContext: { runAsUser: 7 }, resources: { limits: { cpu: 1, 'a.b/c': 4 } } }],
      },
    }),
    allocations: [{ container: 'main', devices: [node], mounts: [], cdiDevices: [], env: {} }],
  },
};
const values = (field: 'uid' | 'gid' | 'mode', path = '/dev/given') =>
  kubeletLayers({ path, field }, work).map(({ value }) => value);

test('ids are those of the container, or else of its pod', () => {
  expect(values('uid')).toEqual(['runAsUser 7', 'hands it on']);
  expect(values('gid')).toEqual(['runAsGroup 2000', 'hands it on']);
});

test('a device comes of a resource that the manifest asks for, by the plugin that has it', () => {
  expect(values('mode')).toEqual(['a.b/c: 4', 'a device plugin gives /dev/mine mrw']);
  expect(values('mode', '/dev/other')).toEqual(['a.b/c: 4', 'no device plugin gives /dev/other']);
});

test('a manifest that is none has nothing to show', () => {
  expect(kubeletLayers({ path: '/dev/given', field: 'uid' }, kubeletWork).map(({ value }) => value)).toEqual([
    'runAsUser unset',
    'hands it on',
  ]);
});
