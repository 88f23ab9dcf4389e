import type { RuntimeName } from './facts.ts';
import { kataDriver } from './kata/driver.ts';
import { plainDriver } from './plain.ts';
import { runscDriver } from './runsc/driver.ts';
import type { RuntimeDriver } from './runtime.ts';

export const runtimeDrivers: Record<RuntimeName, RuntimeDriver> = {
  runc: plainDriver,
  crun: plainDriver,
  runsc: runscDriver,
  kata: kataDriver,
};
