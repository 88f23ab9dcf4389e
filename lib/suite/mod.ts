/** All that a suite file may use. */
export { cdiDevice, cdiPath, spareIds } from '../model/fixtures.ts';
export type { KnownIssue } from './known-issue.ts';
export {
  atCreateOrStart,
  notTaken,
  question,
  refused,
  unanswered,
  type Answer,
  type Documented,
  type Question,
} from './question.ts';
export { fateOfKeys } from './read/config.ts';
export { appArmor, capabilities, confinement, devices, identity, masked, writability } from './read/credentials.ts';
export { contrast, devDirectory, hostDevices } from './read/dev.ts';
export {
  announcedAgent,
  criApi,
  effectiveConfig,
  engineVersion,
  launchEnd,
  leftovers,
  runtimeState,
  shimConfiguration,
  starts,
} from './read/engine.ts';
export { hostDisks, kernel, pciFunction, processes, rootFileSystem, userNamespace } from './read/guest.ts';
export { guestDisks, jailDevices, leftOfVm, vmmCgroup, vmmNamespaces, vmmRoot } from './read/jail.ts';
export { cpuTime, kubeletRequest, listed, pluginDevices } from './read/kubelet.ts';
export { deviceOf, hostNode, modeOf, ownerOf, presenceOf } from './read/node.ts';
export { contentOf, creating, making, opening } from './read/open.ts';
export { accounts, helperUsers, runtimeDirectory, vmmCapabilities, vmmConfinement, vmmGroups, vmmUser } from './read/vmm.ts';
export {
  appArmorHost,
  disposableHost,
  engine,
  erofsUtils,
  feature,
  hugepages,
  kubelet,
  lacks,
  ownKernel,
  runtime,
  shim,
  spareFunction,
  systemdHost,
  takesStandIns,
  vmm,
  type Requirement,
} from './requirement.ts';
export type { ConfigReading, Scenario } from './scenario.ts';
export { suite, type Suite } from './suite.ts';
