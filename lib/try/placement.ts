import type { Allocation, ContainerPlacement, Placement } from '../cri/kubelet/placement.ts';
import { handlerName } from '../engines/engine.ts';
import { allContainers, type Pod } from '../manifest/pod.ts';
import type { PlannedCell } from '../model/cell.ts';
import { cdiName } from './cdi.ts';
import type { PlacedDevice } from './devices.ts';
import type { Fix } from './fix.ts';

/** What a pod is placed with beside its devices. */
export interface Ground {
  cell: PlannedCell;
  /** What a container runs: its own image, or what stands in for it, and the USER that it has. */
  imageOf: (container: string) => ContainerPlacement['image'] & { own?: true };
  /** Handlers by runtimeClassName, as the user mapped them. */
  handlers: ReadonlyMap<string, string>;
}

/** What plugins and images give the containers of a pod. */
export function placementOf(
  place: Ground,
  pod: Pod,
  devices: readonly PlacedDevice[],
  uid: string,
  fix: Pick<Fix, 'give' | 'handler'> | undefined,
): Placement {
  const { cell } = place;
  const variant = fix?.handler ?? 'plain';
  const named = pod.spec.runtimeClassName === undefined ? undefined : place.handlers.get(pod.spec.runtimeClassName);
  const blocks = devices.flatMap(({ origin, nodes, opened }) => {
    const [first] = fix?.give === 'opened' ? opened : nodes;
    return origin.kind === 'block' && first !== undefined ? [[origin.volume, first.hostPath] as const] : [];
  });
  return {
    uid,
    handler: named ?? handlerName(cell.runtime, variant),
    ...(pod.spec.hostUsers === false ? { userNamespace: { hostId: 65_536, length: 65_536 } } : {}),
    containers: new Map(
      allContainers(pod.spec).map(({ name }) => [
        name,
        {
          image: place.imageOf(name),
          allocation: allocationOf(
            devices.filter((device) => device.container === name && !isMounted(pod, device)),
            fix,
          ),
        },
      ]),
    ),
    blockVolumes: new Map(blocks),
  };
}

/** Whether the pod has it as a path of the node, or as a volume, so that no plugin gives it. */
export function isMounted({ spec }: Pod, { container, origin }: Pick<PlacedDevice, 'container' | 'origin'>): boolean {
  if (origin.kind !== 'hostPath') return origin.kind === 'block';
  const own = allContainers(spec).find(({ name }) => name === container);
  return own?.volumeMounts.some(({ name }) => name === origin.volume) ?? false;
}

/** What a plugin of these devices answers: the nodes, or the CDI devices that stand for them. */
export function allocationOf(devices: readonly PlacedDevice[], fix: Pick<Fix, 'give'> | undefined): Allocation {
  if (fix?.give === 'cdi') return { cdiDevices: devices.map((device) => cdiName(device)) };
  return {
    devices: devices
      .flatMap(({ nodes, opened }) => (fix?.give === 'opened' ? opened : nodes))
      .map(({ hostPath, path }) => ({ hostPath, containerPath: path, permissions: 'rw' })),
  };
}
