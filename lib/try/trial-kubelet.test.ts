import { expect, test } from 'vitest';
import { criRequestOf } from '../kubelet/work.ts';
import type { PodDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import { TrialPlugins } from './trial-kubelet.ts';
import { workloadOf } from '../testing/pods.ts';

const { pod } = workloadOf(`apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers:
    - { name: first, image: i, resources: { limits: { example.com/a: 1, example.com/b: 1 } } }
    - { name: second, image: i, resources: { limits: { example.com/a: 2 } } }
    - { name: third, image: i }
`);
const device = (container: string, name: string, index: number) => ({
  container,
  origin: { kind: 'resource', name: `example.com/${name}` } as const,
  source: { kind: 'node', node: { path: `/dev/${name}`, type: 'c', uid: 0, gid: 0, mode: '0600' } } as const,
  path: `/dev/${name}`,
  assumed: false,
  nodes: [{ hostPath: `/host/${index}`, path: `/dev/${name}` }],
  opened: [{ hostPath: `/open/${index}`, path: `/dev/${name}` }],
  cdi: `device-${index}`,
});
const devices = [device('first', 'a', 0), device('first', 'b', 1), device('second', 'a', 2)];
const fix = (give: Fix['give']): Fix => ({
  ...{ id: 'mode', title: 't', label: 't', by: 'node', changes: [], costs: 'c', handler: 'plain' },
  give,
});
const paths = (given: ReturnType<NonNullable<ReturnType<typeof plugins>['all'][number]['hand']>>): string[] =>
  given.flatMap(({ nodes = [] }) => nodes.map(({ hostPath }) => hostPath));
const plugins = (of: readonly PodDevice[] = devices) => TrialPlugins.of([{ pod, devices: of }]);

test('there is a plugin for each resource, with enough devices for all containers, and as many for pods that have just ended', () => {
  expect(plugins().all.map(({ resource, devices: { length } }) => `${resource} ${length}`)).toEqual([
    'example.com/a 8',
    'example.com/b 6',
  ]);
});

test('for a path of the node a plugin waits that a fix may ask for', () => {
  const mounted: PodDevice = { ...device('third', 'c', 3), origin: { kind: 'hostPath', volume: 'dri' } };
  expect(plugins([mounted]).all.map(({ resource }) => resource)).toEqual(['devices.example.com/dri']);
});

test('each container is handed its own nodes, in the order in which the kubelet asks, and no more', () => {
  const { plugins: own, all } = plugins();
  own.give(pod, devices, undefined);
  const hand = (resource: number) => paths(all[resource]?.hand?.([]) ?? []);
  expect([hand(0), hand(1), hand(0)]).toEqual([['/host/0'], ['/host/1'], ['/host/2']]);
  expect(() => hand(0)).toThrow('no container of this pod is left');
  own.give(pod, devices, fix('opened'));
  expect(hand(0)).toEqual(['/open/0']);
});

test('a fix by CDI hands out names, and no nodes', () => {
  const { plugins: own, all } = plugins();
  own.give(pod, devices, fix('cdi'));
  expect(all[1]?.hand?.([])).toMatchObject([{ nodes: [], cdiNames: [expect.stringContaining('device-1')] }]);
});

test('what was given is reported in the order in which the kubelet asked the engine for it', () => {
  const { plugins: own } = plugins();
  own.give(pod, devices, undefined);
  const node = (name: string) => ({ host_path: '/x', container_path: `/dev/${name}`, permissions: 'rw' });
  const request = { config: { metadata: { name: 'first' }, devices: [node('b'), node('a')] } };
  expect(criRequestOf([{ call: 'CreateContainer', request }], 'first', '').devices).toHaveLength(2);
  expect(own.given([{ call: 'CreateContainer', request }])).toMatchObject([
    { container: 'first', devices: [{ containerPath: '/dev/b' }, { containerPath: '/dev/a' }] },
    { container: 'second', devices: [{ containerPath: '/dev/a' }] },
  ]);
});
