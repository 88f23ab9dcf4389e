import type { HostFacts } from '../model/host-facts.ts';
import { inRange } from '../model/version.ts';

/** A version that cannot run on some hosts, whatever binary format and libc say. */
interface Row {
  artifact: string;
  versions: string;
  /** A range of kernel versions, and how the host has its control groups. */
  kernels?: string;
  cgroup?: HostFacts['cgroup'];
  /** Completes "runsc 20240729.0 …". */
  why: string;
}

const rows: readonly Row[] = [
  {
    artifact: 'runsc',
    versions: '<20240807.0',
    kernels: '>=6.11',
    why: 'takes every network namespace of Linux 6.11 and later for the root one and refuses, "cannot run with network enabled in root network namespace" (https://github.com/google/gvisor/issues/10704)',
  },
  {
    artifact: 'containerd',
    versions: '<1.4.0',
    cgroup: 'v2',
    why: 'makes no container on control groups of version 2, which it knows since 1.4.0: its shim ends, "ttrpc: closed" (containerd v1.4.0 release notes)',
  },
];

/** Why this version cannot run on a host with this kernel (`6.12.117+deb13-amd64`) and these control groups, or undefined. */
export function whyNotOnHost(
  artifact: { name: string; version: string },
  { kernel, cgroup }: Pick<HostFacts, 'kernel' | 'cgroup'>,
): string | undefined {
  const row = rows.find(
    (each) =>
      each.artifact === artifact.name &&
      inRange(artifact.version, each.versions) &&
      (each.kernels === undefined || inRange(kernel, each.kernels)) &&
      (each.cgroup === undefined || each.cgroup === cgroup),
  );
  if (row === undefined) return undefined;
  return `${artifact.name} ${artifact.version} ${row.why}; the host has ${row.cgroup === undefined ? kernel : `cgroup ${cgroup}`}`;
}
