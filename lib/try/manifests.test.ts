import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readManifest } from '../manifest/read.ts';
import { parseDescription } from './device-spec.ts';
import { devicesOf } from './devices.ts';

const folder = new URL('../testing/manifests/', import.meta.url);
const names = readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : []));
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** What the pods of the kinds that people have are meant to use, by the container that asks for it. */
const wanted: Readonly<Record<string, string[]>> = {
  'qat-dpdk': ['crypto-perf /dev/vfio'],
  'gpu-media': ['jellyfin /dev/dri/renderD128'],
  dpdk: ['testpmd /dev/vfio'],
  'virt-launcher': ['compute /dev/kvm', 'compute /dev/net/tun', 'compute /dev/vhost-net', 'compute /dev/rootdisk'],
  fuse: ['sync /dev/fuse'],
  vpn: ['gluetun /dev/net/tun'],
  serial: ['zigbee2mqtt /dev/ttyUSB0'],
};

test('each manifest of a kind that people have is expected something of', () =>
  expect(names.sort()).toEqual(Object.keys(wanted).sort()));

test.for(names)('the pod of %s asks for the devices that its description has', (name) => {
  const { workloads } = readManifest(text(`${name}.yaml`), { file: name, schema: '1.37' });
  const { nodes, devices } = parseDescription(text(`${name}.devices`), `${name}.devices`);
  const found = workloads.flatMap(({ pod }) => devicesOf(pod, { resources: devices, described: nodes }));
  expect(found.map(({ container, path }) => `${container} ${path}`)).toEqual(wanted[name]);
  expect(found.filter(({ assumed }) => assumed)).toEqual([]);
});
