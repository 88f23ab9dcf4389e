import { stringify } from 'yaml';
import type { PlacedDevice } from './devices.ts';

const kind = 'try.podproof.dev/device';

/** A device of a CDI specification as a request names it: by its place in the list of devices. */
export function cdiName({ cdi }: Pick<PlacedDevice, 'cdi'>): string {
  return `${kind}=${cdi}`;
}

/** The CDI specification that gives each device to the ids of the process that asks for it (CDI SPEC.md, containerEdits). */
export function cdiSpecification(
  devices: ReadonlyArray<Pick<PlacedDevice, 'cdi' | 'nodes' | 'container'>>,
  idsOf: (container: string) => { uid: number; gid: number },
): { kind: string; text: string } {
  const value = {
    cdiVersion: '0.5.0',
    kind,
    devices: devices.map(({ cdi, nodes, container }) => ({
      name: cdi,
      containerEdits: {
        deviceNodes: nodes.map(({ hostPath, path }) => ({ path, hostPath, permissions: 'rw', ...idsOf(container) })),
      },
    })),
  };
  return { kind, text: stringify(value) };
}
