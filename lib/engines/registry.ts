import { containerdDriver } from './containerd/driver.ts';
import { crioDriver } from './crio/driver.ts';
import type { EngineDriver } from './engine.ts';
import type { EngineName } from './facts.ts';

export const engineDrivers: Record<EngineName, EngineDriver> = { containerd: containerdDriver, crio: crioDriver };
