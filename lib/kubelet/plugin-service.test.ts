import { Code, createClient, createRouterTransport } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { DevicePlugin } from './gen/plugin_pb.js';
import { offered, pluginService, type Handing, type OfferedDevice } from './plugin-service.ts';

const node = (name: string) => ({ hostPath: `/dev/${name}`, containerPath: `/dev/x/${name}`, permissions: 'rw' });
const devices: OfferedDevice[] = [
  { id: 'a', nodes: [node('a'), node('control')], cdiNames: ['v.org/c=a'], environment: { A: '1' } },
  { id: 'b', nodes: [node('b')], mounts: [{ hostPath: '/run/b', containerPath: '/b', readOnly: true }] },
];

function served(hand?: Handing) {
  const plugin = pluginService(devices, hand);
  const client = createClient(
    DevicePlugin,
    createRouterTransport((router) => void router.service(DevicePlugin, plugin.service)),
  );
  return { plugin, client };
}

test('a container gets all that its devices bring, each once', async () => {
  const { plugin, client } = served();
  const { containerResponses } = await client.allocate({
    containerRequests: [{ devicesIds: ['b', 'a'] }, { devicesIds: ['b'] }],
  });
  expect(containerResponses).toMatchObject([
    {
      devices: [node('b'), node('a'), node('control')],
      mounts: [{ hostPath: '/run/b', containerPath: '/b', readOnly: true }],
      cdiDevices: [{ name: 'v.org/c=a' }],
      envs: { A: '1' },
    },
    { devices: [node('b')], cdiDevices: [] },
  ]);
  expect(plugin.allocated).toEqual([['b', 'a'], ['b']]);
});

test('the list of devices is sent at once, and again whenever the health of one changes', async () => {
  const { plugin, client } = served();
  const told: string[][] = [];
  for await (const { devices: list } of client.listAndWatch({})) {
    told.push(list.map(({ ID, health }) => `${ID} ${health}`));
    if (told.length === 1) plugin.setHealth('b', false);
    if (told.length === 2) plugin.setHealth('b', true);
    if (told.length === 3) plugin.end();
  }
  expect(told).toEqual([
    ['a Healthy', 'b Healthy'],
    ['a Healthy', 'b Unhealthy'],
    ['a Healthy', 'b Healthy'],
  ]);
});

test('a device that is not offered is refused', async () => {
  const { client } = served();
  await expect(client.allocate({ containerRequests: [{ devicesIds: ['c'] }] })).rejects.toMatchObject({ code: Code.NotFound });
});

test('a plugin may hand out another device than it was asked for', async () => {
  const { client } = served((ids) => ids.map((id) => offered(devices, id === 'a' ? 'b' : id)));
  const { containerResponses } = await client.allocate({ containerRequests: [{ devicesIds: ['a'] }] });
  expect(containerResponses).toMatchObject([{ devices: [node('b')] }]);
});
