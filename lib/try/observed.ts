import { NamespaceMode } from '../cri/gen/cri_pb.js';
import type { ContainerRequest } from '../cri/kubelet/request.ts';
import type { CallTiming } from '../model/cri-request.ts';
import type { Outcome } from '../model/outcome.ts';
import type { runtimeOf } from '../run/runtime-state.ts';
import type { Place } from './place.ts';
import { trialSuiteId } from './suite.ts';

/** What of a launch is recorded beside what was seen: who asked whom for what, and how it ended. */
export function observed(
  { cell, record, engine, now }: Place,
  { config }: ContainerRequest,
  launch: {
    handler: string;
    scenario: string;
    startMs: number;
    outcome: Outcome;
    calls: readonly CallTiming[];
    runtime?: Awaited<ReturnType<typeof runtimeOf>>;
  },
) {
  const { handler, scenario, startMs, outcome, calls } = launch;
  const security = config.linux?.securityContext;
  const planned = engine.runtimes[handler];
  return {
    ...{ schema: 1, cell: cell.id, lease: record.lease, suite: trialSuiteId, scenario, startMs, endMs: now(), outcome },
    request: {
      handler,
      privileged: security?.privileged ?? false,
      sandboxPrivileged: security?.privileged ?? false,
      ...(security?.runAsUser === undefined ? {} : { runAsUser: Number(security.runAsUser.value) }),
      ...(security?.runAsGroup === undefined ? {} : { runAsGroup: Number(security.runAsGroup.value) }),
      supplementalGroups: (security?.supplementalGroups ?? []).map(Number),
      devices: config.devices.map(({ hostPath, containerPath, permissions }) => ({ hostPath, containerPath, permissions })),
      cdiDevices: config.CDIDevices.map((device) => device.name),
      annotations: { ...config.annotations },
      hostNetwork: security?.namespaceOptions?.network === NamespaceMode.NODE,
      maskedPaths: security?.maskedPaths ?? [],
      readonlyPaths: security?.readonlyPaths ?? [],
    },
    identity: {
      engineName: record.engine.reportedName,
      engineVersion: record.engine.reportedVersion,
      ...(launch.runtime ?? { runtimePath: planned?.path ?? '', runtimeSha256: planned?.sha256 ?? '', stateOf: null }),
    },
    calls: [...calls],
  };
}
