import type { Suite } from '../lib/suite/mod.ts';
import apparmor from './apparmor.suite.ts';
import devices from './devices.suite.ts';
import docs from './docs.suite.ts';
import firecracker from './firecracker.suite.ts';
import guest from './guest.suite.ts';
import hygiene from './hygiene.suite.ts';
import identity from './identity.suite.ts';
import kubelet from './kubelet.suite.ts';
import ownership from './ownership.suite.ts';
import privileged from './privileged.suite.ts';
import rootlessVmm from './rootless-vmm.suite.ts';
import snapshotters from './snapshotters.suite.ts';

/** Every suite, in the order of reports. */
export const suites: readonly Suite[] = [
  identity,
  privileged,
  rootlessVmm,
  firecracker,
  guest,
  snapshotters,
  apparmor,
  ownership,
  devices,
  kubelet,
  docs,
  hygiene,
];
export { knownIssues } from './known-issues.ts';
