import type { Credentials } from '../model/credentials.ts';
import type { DeviceNode } from '../model/device-node.ts';
import type { Decider } from '../model/trial.ts';
import type { PodDevice } from './devices.ts';

/** What a container found at its devices. */
export interface Found {
  name: string;
  who: Credentials;
  /** Capabilities that the manifest adds and the process has not. */
  notHeld: readonly string[];
  devices: ReadonlyArray<{
    device: Pick<PodDevice, 'origin' | 'path'>;
    /** The node in the container. */
    node: DeviceNode | undefined;
    obstacles: readonly Decider[];
    /** Whether it opens for all that was asked. */
    usable: boolean;
  }>;
}
