/** All that a suite file may use. */
export { cdiDevice, canary } from '../model/fixtures.ts';
export { defaultDev, hostDevices, sameAsNative } from './expect/dev.ts';
export { fewProcesses, guestDisk, noDisks, pciFunction } from './expect/guest.ts';
export {
  announcedAgent,
  criApi,
  effectiveConfig,
  kernel,
  nothingLeft,
  plannedEngine,
  plannedRuntime,
  shimConfiguration,
} from './expect/identity.ts';
export { hostNode, node, noNode } from './expect/node.ts';
export { fails, makesNode, opens, readsCanary, writable } from './expect/open.ts';
export { all, byEngine, ran, refused, refusedAnywhere, when } from './expect/outcome.ts';
export { capabilities, identityLine, maskedPaths, mount } from './expect/process.ts';
export { snippet } from './expect/snippet.ts';
export { confinedVmm, distinctUsers, kataUserVmm, kvmGroupOnly, rootHelpers, rootVmm, runtimeDirectory } from './expect/vmm.ts';
export { hasFeature } from '../model/feature.ts';
export type { KnownIssue } from './known-issue.ts';
export { disposableHost, engine, feature, hugepages, ownKernel, runtime, shim, spareFunction, vmm } from './requirement.ts';
export type { Evidence, Rule } from './rule.ts';
export type { Scenario } from './scenario.ts';
export { suite, type Suite } from './suite.ts';
