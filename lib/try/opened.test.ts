import { describe, expect, test } from 'vitest';
import { defaultNode } from '../cri/kubelet/node.ts';
import { kubeletRequest, type KubeletRequest } from '../cri/kubelet/request.ts';
import { madeUpCells } from '../testing/plan.ts';
import { workloadOf } from '../testing/pods.ts';
import { changed } from './change.ts';
import type { PlacedDevice } from './devices.ts';
import { mountingOpened } from './opened.ts';
import { placementOf } from './placement.ts';

const { pod } = workloadOf(`apiVersion: v1
kind: Pod
metadata: {name: gpu}
spec:
  containers:
    - name: main
      image: x
      volumeMounts:
        - {name: dri, mountPath: /dev/dri}
        - {name: tun, mountPath: /dev/net/tun}
        - {name: bus, mountPath: /dev/one, subPath: usb/001}
        - {name: data, mountPath: /data}
  volumes:
    - {name: dri, hostPath: {path: /dev/dri/}}
    - {name: tun, hostPath: {path: /dev/net/tun}}
    - {name: bus, hostPath: {path: /dev/bus}}
    - {name: data, hostPath: {path: /dev/dri-data}}
`);
const device = (volume: string, hostPath: string): PlacedDevice => ({
  ...{ container: 'main', origin: { kind: 'hostPath', volume }, source: { kind: 'vfio' }, path: hostPath, assumed: false },
  ...{ nodes: [{ hostPath, path: hostPath }], opened: [{ hostPath: `/opened${hostPath}`, path: hostPath }], cdi: volume },
});
const devices = [device('dri', '/dev/dri/card0'), device('tun', '/dev/net/tun'), device('bus', '/dev/bus/usb/001/002')];
const [cell] = madeUpCells(1, 1, 1);
if (cell === undefined) throw new Error('no cell');
const ground = { cell, imageOf: () => ({ reference: 'i' }), handlers: new Map() };
const node = { ...defaultNode, version: '1.37.2', memory: 2 ** 30 };

function requestFor(change: Parameters<typeof changed>[1] = []): KubeletRequest {
  const wanted = mountingOpened(changed(pod, change), devices);
  const placement = placementOf(ground, wanted, devices, 'uid', { give: 'opened', handler: 'plain' });
  return kubeletRequest(node, wanted, placement);
}
const mounts = ({ containers: [main] }: KubeletRequest): Record<string, string> =>
  Object.fromEntries((main?.config.mounts ?? []).map(({ containerPath, hostPath }) => [containerPath, hostPath]));

describe('a mode for everybody on nodes that a pod mounts', () => {
  test('is that of other nodes in their place, and no plugin gives them beside', () => {
    const request = requestFor();
    expect(mounts(request)).toMatchObject({
      '/dev/dri': '/dev/podproof/try/opened/dev/dri/',
      '/dev/net/tun': '/dev/podproof/try/opened/dev/net/tun',
      '/data': '/dev/dri-data',
    });
    expect(request.node).toContainEqual(
      expect.objectContaining({
        what: 'bind',
        target: '/dev/podproof/try/opened/dev/bus/usb/001',
        volume: '/dev/podproof/try/opened/dev/bus',
      }),
    );
    expect(request.containers[0]?.config.devices).toEqual([]);
  });

  test('is that of what a device plugin gives, where the pod no longer mounts them', () => {
    const request = requestFor([{ unmount: 'tun', of: 'main' }]);
    expect(mounts(request)).not.toHaveProperty('/dev/net/tun');
    expect(request.containers[0]?.config.devices).toMatchObject([
      { hostPath: '/opened/dev/net/tun', containerPath: '/dev/net/tun', permissions: 'rw' },
    ]);
  });
});
