import { describe, expect, test } from 'vitest';
import { fixtures } from '../testing/evidence.ts';
import { mediaWorkload, workloadOf } from '../testing/pods.ts';
import { parseDevice } from './device-spec.ts';
import { devicesOf, isExtended, openedTo, originText, placeDevices, UnknownResource } from './devices.ts';
import { conventional } from './known-nodes.ts';

const render = parseDevice('gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660');
const nothing = { resources: [], described: [] };

function mounting(hostPath: string, mountPath: string, type = ''): ReturnType<typeof workloadOf>['pod'] {
  return workloadOf(`apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  containers:
    - name: main
      image: x
      volumeMounts: [{name: dev, mountPath: ${mountPath}}]
  volumes:
    - name: dev
      hostPath: {path: ${hostPath}${type === '' ? '' : `, type: ${type}`}}
`).pod;
}

describe('the devices of a pod', () => {
  test('are those that its resources stand for, all of them', () => {
    const card = parseDevice('gpu.intel.com/i915=/dev/dri/card0:c:0:44:0660');
    const devices = devicesOf(mediaWorkload().pod, { ...nothing, resources: [render, card] });
    expect(devices.map(({ path, container, origin }) => `${container} ${path} ${originText(origin)}`)).toEqual([
      'media /dev/dri/renderD128 gpu.intel.com/i915',
      'media /dev/dri/card0 gpu.intel.com/i915',
    ]);
  });

  test('are not known for a resource that nobody described, and the place is named', () => {
    const read = (): unknown => devicesOf(mediaWorkload().pod, nothing);
    expect(read).toThrow(UnknownResource);
    expect(read).toThrow('what does gpu.intel.com/i915 stand for? Say --device gpu.intel.com/i915=PATH');
  });

  test('are paths of the node below /dev, with what distributions make of them, where nobody says otherwise', () => {
    const [tty] = devicesOf(mounting('/dev/ttyUSB0', '/dev/modem'), nothing);
    expect(tty).toMatchObject({
      path: '/dev/modem',
      assumed: true,
      source: { node: { path: '/dev/ttyUSB0', gid: 20, mode: '0660' } },
    });
    const described = [{ path: '/dev/ttyUSB0', type: 'c', uid: 0, gid: 986, mode: '0600' } as const];
    expect(devicesOf(mounting('/dev/ttyUSB0', '/dev/modem'), { resources: [], described })).toMatchObject([
      { assumed: false, source: { node: described[0] } },
    ]);
  });

  test('are the nodes in a directory that is mounted', () => {
    expect(devicesOf(mounting('/dev/dri', '/dev/dri', 'Directory'), nothing)).toEqual([]);
    expect(devicesOf(mounting('/dev/dri/', '/mnt/gpu'), nothing).map(({ path }) => path)).toEqual([
      '/mnt/gpu/card0',
      '/mnt/gpu/renderD128',
    ]);
  });

  test('are no other files of the node', () => {
    expect(devicesOf(mounting('/var/lib/data', '/data'), nothing)).toEqual([]);
    expect(devicesOf(mounting('/var/lib/disk', '/disk', 'BlockDevice'), nothing)).toMatchObject([
      { source: { node: { type: 'b' } } },
    ]);
  });

  test('are raw block volumes', () => {
    const { pod } = workloadOf(`apiVersion: v1
kind: Pod
metadata: {name: vm}
spec:
  containers:
    - name: main
      image: x
      volumeDevices: [{name: disk, devicePath: /dev/vda}]
  volumes:
    - name: disk
      persistentVolumeClaim: {claimName: disk}
`);
    expect(devicesOf(pod, nothing)).toMatchObject([
      { path: '/dev/vda', source: { kind: 'block' }, origin: { kind: 'block', volume: 'disk' } },
    ]);
  });
});

test.each([
  ['gpu.intel.com/i915', true],
  ['cpu', false],
  ['hugepages-2Mi', false],
  ['ephemeral-storage', false],
  ['pod.kubernetes.io/x', false],
  ['kubernetes.io/x', false],
])('%s is a resource of a device plugin: %s', (resource, extended) => {
  expect(isExtended(resource)).toBe(extended);
});

describe('devices on a host', () => {
  const host = { ...fixtures, vfioGroup: '/dev/vfio/5', vfioControl: '/dev/vfio/vfio', blockPlain: '/dev/vdc' };
  const devices = devicesOf(mediaWorkload().pod, { ...nothing, resources: [render] });

  test('are stand-ins with exactly the owner and mode that were described, shown at their own path', () => {
    const { placed, standIns } = placeDevices(devices, host);
    expect(placed[0]?.nodes).toEqual([{ hostPath: '/dev/podproof/try/0/renderD128', path: '/dev/dri/renderD128' }]);
    expect(standIns).toContainEqual({
      path: '/dev/podproof/try/0/renderD128',
      type: 'c',
      numbers: '10:229',
      access: { owner: '0:105', mode: '0660' },
    });
    expect(standIns).toContainEqual(expect.objectContaining({ access: { owner: '0:105', mode: '0666' } }));
  });

  test('are the spare function’s group and container node, and a spare disk', () => {
    const asked = [parseDevice('gpu.intel.com/i915=vfio'), parseDevice('gpu.intel.com/i915=block')];
    const { placed } = placeDevices(devicesOf(mediaWorkload().pod, { ...nothing, resources: asked }), host);
    expect(placed.map(({ nodes }) => nodes.map(({ hostPath }) => hostPath))).toEqual([
      ['/dev/vfio/5', '/dev/vfio/vfio'],
      ['/dev/vdc'],
    ]);
  });

  test('is unavailable where the host has no spare function', () => {
    const asked = devicesOf(mediaWorkload().pod, { ...nothing, resources: [parseDevice('gpu.intel.com/i915=vfio')] });
    expect(() => placeDevices(asked, { ...host, vfioGroup: null })).toThrow('no spare PCI function');
  });

  test('of a path of the node are made at that very path, and keep what the host has of its own', () => {
    const { placed, standIns } = placeDevices(devicesOf(mounting('/dev/net/tun', '/dev/net/tun', 'CharDevice'), nothing), host);
    expect(placed[0]?.nodes).toEqual([{ hostPath: '/dev/net/tun', path: '/dev/net/tun' }]);
    expect(standIns).toContainEqual({ path: '/dev/net/tun', type: 'c', numbers: '10:200' });
  });
});

test('a mode is opened for everybody to read and write, and keeps the rest', () => {
  expect(['0600', '0660', '1750'].map(openedTo)).toEqual(['0666', '0666', '1776']);
});

test('an unknown node is as the kernel makes it: root’s alone', () => {
  expect(conventional('/dev/qat_adf_ctl')).toEqual({ path: '/dev/qat_adf_ctl', type: 'c', uid: 0, gid: 0, mode: '0600' });
});
