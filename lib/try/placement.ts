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
  fix: Fix | undefined,
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
            devices.filter(({ container }) => container === name),
            fix,
          ),
        },
      ]),
    ),
    blockVolumes: new Map(blocks),
  };
}

/** What a device plugin answers: the nodes, or the CDI devices that stand for them. */
export function allocationOf(devices: readonly PlacedDevice[], fix: Fix | undefined): Allocation {
  const give = fix?.give ?? 'as asked';
  const byPlugin = devices.filter(
    ({ origin }) => origin.kind === 'resource' || (give !== 'as asked' && origin.kind === 'hostPath'),
  );
  if (give === 'cdi') return { cdiDevices: byPlugin.map((device) => cdiName(device)) };
  return {
    devices: byPlugin
      .flatMap(({ nodes, opened }) => (give === 'opened' ? opened : nodes))
      .map(({ hostPath, path }) => ({ hostPath, containerPath: path, permissions: 'rw' })),
  };
}
