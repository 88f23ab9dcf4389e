import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { createServer } from 'node:http2';
import { CriConnection } from '../cri/connection.ts';
import { listen } from '../util/listen.ts';
import { scoped } from '../util/scope.ts';
import { devicePlugins, pluginRegistration } from './config.ts';
import { DevicePlugin, Registration } from './gen/plugin_pb.js';
import type { KubeletHost } from './host.ts';
import { pluginService, type Handing, type OfferedDevice, type PluginService } from './plugin-service.ts';
import { serveOnHost } from './socket.ts';

/** A device plugin of podproof's own. Disposing it takes its socket away, and its devices with it. */
export type ServedPlugin = Pick<PluginService, 'allocated' | 'setHealth'> & AsyncDisposable;

export interface PluginOptions {
  /** `qat.intel.com/generic`. */
  resource: string;
  devices: readonly OfferedDevice[];
  /** None of its devices is fit for use, until somebody says otherwise. */
  unhealthy?: boolean;
  /** Private directory on the host, below which it has one of its own. */
  directory: string;
  signal: AbortSignal;
  /** What a container gets for the devices that it is given; without it, these devices. */
  hand?: Handing | undefined;
}

/** Serves a device plugin and registers it: the kubelet has to run, as it empties the directory of plugins when it starts. */
export async function serveDevicePlugin(host: KubeletHost, options: PluginOptions): Promise<ServedPlugin> {
  const { resource, directory, signal } = options;
  const plugin = pluginService(options.devices, options.hand);
  if (options.unhealthy === true) options.devices.forEach(({ id }) => plugin.setHealth(id, false));
  const slug = resource.replaceAll(/[^a-z0-9]+/g, '-');
  const endpoint = `podproof-${slug}.sock`;
  return scoped(async (scope) => {
    const server = createServer(connectNodeAdapter({ routes: (router) => void router.service(DevicePlugin, plugin.service) }));
    const { port } = scope.adopt('the server of the plugin', await listen(server));
    scope.onRelease('streams of the plugin', () => plugin.end());
    scope.adopt(
      'the socket of the plugin',
      await serveOnHost(host, {
        ...{ socket: `${devicePlugins}/${endpoint}`, port },
        ...{ directory: `${directory}/plugin-${slug}`, signal },
      }),
    );
    await register(host, { version: 'v1beta1', endpoint, resourceName: resource }, signal);
    return { allocated: plugin.allocated, setHealth: (id, healthy) => plugin.setHealth(id, healthy) };
  });
}

async function register(
  host: Pick<KubeletHost, 'dial'>,
  request: { version: string; endpoint: string; resourceName: string },
  signal: AbortSignal,
): Promise<void> {
  const connection = new CriConnection(() => host.dial(pluginRegistration));
  try {
    const transport = createGrpcTransport({ baseUrl: connection.authority, sessionManager: connection, acceptCompression: [] });
    await createClient(Registration, transport).register(request, { signal, timeoutMs: 30_000 });
  } finally {
    connection.close();
  }
}
