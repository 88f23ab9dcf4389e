import { allContainers, type Pod } from '../manifest/pod.ts';
import type { Allocation } from '../model/kubelet-record.ts';
import type { OfferedDevice } from './plugin-service.ts';

/** What device plugins offer, by the name of the resource. */
export type Offers = ReadonlyMap<string, readonly OfferedDevice[]>;

type Nodes = NonNullable<OfferedDevice['nodes']>;

/**
 * What the plugins of its resources give each container that asks for some: as many devices as it asks for. Which of them, and in which
 * order, the kubelet draws: `asked` are the devices of its own request for a container, by name. A node that several devices have is
 * given once (Kubernetes pkg/kubelet/cm/devicemanager/manager.go, deviceRunContainerOptions).
 */
export function allocations({ spec }: Pick<Pod, 'spec'>, offers: Offers, asked: ReadonlyMap<string, Nodes>): Allocation[] {
  return allContainers(spec).flatMap(({ name, resources }) => {
    const wanted = [...offers].flatMap(([resource, devices]) => {
      const count = Number(resources.limits[resource] ?? 0);
      const place = placeIn(asked.get(name) ?? []);
      return [...devices].sort((a, b) => place(a) - place(b)).slice(0, count);
    });
    if (wanted.length === 0) return [];
    const nodes = new Map<string, Nodes[number]>();
    for (const node of wanted.flatMap((device) => device.nodes ?? []))
      if (!nodes.has(node.containerPath)) nodes.set(node.containerPath, node);
    return [{ container: name, devices: [...nodes.values()], mounts: [], cdiDevices: [], env: {} }];
  });
}

/** The place of a device in a request by the first of its nodes; one that is not there comes last. */
function placeIn(asked: Nodes): (device: OfferedDevice) => number {
  return ({ nodes: [first] = [] }) => {
    const at = asked.findIndex(
      ({ hostPath, containerPath }) => hostPath === first?.hostPath && containerPath === first.containerPath,
    );
    return at < 0 ? asked.length : at;
  };
}
