import { inRange } from '../util/version.ts';

/** A version that cannot run on some kernels, whatever binary format and libc say. */
interface Row {
  artifact: string;
  versions: string;
  kernels: string;
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
];

/** Why this version cannot run on a host with this kernel (`6.12.117+deb13-amd64`), or undefined. */
export function whyNotOnKernel(artifact: { name: string; version: string }, kernel: string): string | undefined {
  const row = rows.find(
    (each) => each.artifact === artifact.name && inRange(artifact.version, each.versions) && inRange(kernel, each.kernels),
  );
  return row && `${artifact.name} ${artifact.version} ${row.why}; the host has ${kernel}`;
}
