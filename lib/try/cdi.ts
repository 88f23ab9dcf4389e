import { stringify } from 'yaml';
import type { PlacedDevice } from './devices.ts';

const kind = 'try.podproof.dev/device';

/** A device of a CDI specification as a request names it: by its place in the list of devices. */
export function cdiName({ cdi }: Pick<PlacedDevice, 'cdi'>): string {
  return `${kind}=${cdi}`;
}

/** A device node of a CDI specification: where it is on the node, and its mode there in octal, where that is known. */
export interface CdiNode {
  path: string;
  hostPath: string;
  mode?: string | undefined;
}

/**
 * The CDI specification that gives each device to the ids of the process that asks for it (CDI SPEC.md, containerEdits). It names
 * the mode: CDI libraries before 1.1.0 do not take it from the node, and runtimes then open the device to everybody.
 */
export function cdiSpecification(
  devices: ReadonlyArray<{ cdi: string; container: string; nodes: readonly CdiNode[] }>,
  idsOf: (container: string) => { uid: number; gid: number },
): { kind: string; text: string } {
  const value = {
    cdiVersion: '0.5.0',
    kind,
    devices: devices.map(({ cdi, nodes, container }) => ({
      name: cdi,
      containerEdits: {
        deviceNodes: nodes.map(({ hostPath, path, mode }) => ({
          ...{ path, hostPath, permissions: 'rw', ...idsOf(container) },
          ...(mode === undefined ? {} : { fileMode: Number.parseInt(mode, 8) }),
        })),
      },
    })),
  };
  return { kind, text: stringify(value) };
}
