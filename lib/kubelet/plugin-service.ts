import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { EventEmitter, once } from 'node:events';
import type { DevicePlugin } from './gen/plugin_pb.js';

/** One device that a plugin offers: what a container gets that is given it. Paths are those on the host. */
export interface OfferedDevice {
  id: string;
  nodes?: ReadonlyArray<{ hostPath: string; containerPath: string; permissions: string }>;
  mounts?: ReadonlyArray<{ hostPath: string; containerPath: string; readOnly: boolean }>;
  /** Names of CDI devices, like `vendor.com/class=name`. */
  cdiNames?: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

/** The answers of a device plugin. */
export interface PluginService {
  service: ServiceImpl<typeof DevicePlugin>;
  /** Ids of the devices that containers were given, in the order of the kubelet's requests. */
  allocated: readonly string[][];
  /** Tells the kubelet that a device is not fit for use, or is again. */
  setHealth(id: string, healthy: boolean): void;
  /** Ends the streams that tell of devices. */
  end(): void;
}

/** What a container gets for the devices with these ids. */
export type Handing = (ids: readonly string[]) => readonly OfferedDevice[];

/** Offers these devices. `hand` says what stands for those that the kubelet asks for; without it they are handed out themselves. */
export function pluginService(
  devices: readonly OfferedDevice[],
  hand: Handing = (ids) => ids.map((id) => offered(devices, id)),
): PluginService {
  const unhealthy = new Set<string>();
  const changes = new EventEmitter();
  const ended = new AbortController();
  const allocated: string[][] = [];
  return {
    allocated,
    setHealth(id, healthy) {
      if (healthy) unhealthy.delete(id);
      else unhealthy.add(id);
      changes.emit('change');
    },
    end: () => ended.abort(),
    service: {
      getDevicePluginOptions: () => ({}),
      async *listAndWatch(_, { signal }) {
        const until = AbortSignal.any([signal, ended.signal]);
        for (;;) {
          const change = once(changes, 'change', { signal: until });
          yield { devices: devices.map(({ id }) => ({ ID: id, health: unhealthy.has(id) ? 'Unhealthy' : 'Healthy' })) };
          try {
            await change;
          } catch {
            return;
          }
        }
      },
      getPreferredAllocation: () => ({}),
      allocate({ containerRequests }) {
        const containerResponses = containerRequests.map(({ devicesIds }) => {
          allocated.push([...devicesIds]);
          return given(hand(devicesIds));
        });
        return { containerResponses };
      },
      preStartContainer: () => ({}),
    },
  };
}

/** The device with this id. Throws ConnectError where none is offered. */
export function offered(devices: readonly OfferedDevice[], id: string): OfferedDevice {
  const device = devices.find((each) => each.id === id);
  if (device === undefined) throw new ConnectError(`this plugin offers no device ${id}`, Code.NotFound);
  return device;
}

/** What a container is given of several devices at once. */
function given(devices: readonly OfferedDevice[]) {
  return {
    devices: devices.flatMap(({ nodes = [] }) => nodes.map((node) => ({ ...node }))),
    mounts: devices.flatMap(({ mounts = [] }) => mounts.map((mount) => ({ ...mount }))),
    cdiDevices: devices.flatMap(({ cdiNames = [] }) => cdiNames.map((name) => ({ name }))),
    envs: Object.fromEntries(devices.flatMap(({ environment = {} }) => Object.entries(environment))),
  };
}
