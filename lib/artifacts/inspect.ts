import { join } from 'node:path';
import { messageOf } from '../util/errors.ts';
import { compareVersions } from '../model/version.ts';
import type { Artifact } from './artifact.ts';
import { readElf } from './elf.ts';

/** The part of a host's facts on which a binary depends. */
export interface BinaryHost {
  /** As `uname -m` says it. */
  architecture: string;
  /** `2.36`. */
  glibc: string;
}

/**
 * Why the artifact's binaries can't run on a host, in one sentence: `containerd 1.7.24: ctr needs glibc 2.38, the host has 2.36`.
 * Undefined when nothing speaks against it. Without `names` every binary of the artifact is read.
 */
export async function reasonNotRunnable(
  artifact: Artifact,
  host: BinaryHost,
  names?: readonly string[],
): Promise<string | undefined> {
  for (const [name, path] of Object.entries(artifact.binaries)) {
    if (names !== undefined && !names.includes(name)) continue;
    const why = await reasonNotBinary(join(artifact.directory, path), host).catch(messageOf);
    if (why !== undefined) return `${artifact.name} ${artifact.version}: ${name} ${why}`;
  }
  return undefined;
}

async function reasonNotBinary(path: string, host: BinaryHost): Promise<string | undefined> {
  const elf = await readElf(path);
  if (elf === undefined) return undefined;
  if (elf.architecture !== host.architecture) return `is built for ${elf.architecture}, the host is ${host.architecture}`;
  if (elf.glibc === undefined || !/^\d/.test(host.glibc) || compareVersions(elf.glibc, host.glibc) <= 0) return undefined;
  return `needs glibc ${elf.glibc}, the host has ${host.glibc}`;
}
