import type { HostFacts } from '../model/host-facts.ts';
import { componentFacts } from '../model/feature.ts';
import { inRange } from '../model/version.ts';

/** Why this version cannot run on a host with this kernel (`6.12.117+deb13-amd64`) and these control groups, or undefined. */
export function reasonNotOnHost(
  artifact: { name: string; version: string },
  { kernel, cgroup }: Pick<HostFacts, 'kernel' | 'cgroup'>,
): string | undefined {
  const row = componentFacts(artifact.name)?.hostLimits.find(
    (each) =>
      inRange(artifact.version, each.versions) &&
      (each.kernels === undefined || inRange(kernel, each.kernels)) &&
      (each.cgroup === undefined || each.cgroup === cgroup),
  );
  if (row === undefined) return undefined;
  return `${artifact.name} ${artifact.version} ${row.why}; the host has ${row.cgroup === undefined ? kernel : `cgroup ${cgroup}`}`;
}
