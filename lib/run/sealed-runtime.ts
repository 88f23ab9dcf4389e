import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import type { Host } from '../hosts/host.ts';
import { isRuntime, type Component } from '../model/cell.ts';
import { hasFeature } from '../model/feature.ts';
import { runtimeFacts } from '../runtimes/facts.ts';

const script = readFileSync(new URL('seal.pl', import.meta.url), 'utf8');

/** Below /run, as the copies go with the boot. */
const directory = '/run/podproof/sealed';

/**
 * Lets a runtime that copies itself into memory for each process of a container run from one sealed copy, where the host is emulated. It
 * knows such a copy (runc v1.1.15 libcontainer/nsenter/cloned_binary.c: "an admin could bind-mount a sealed memfd"), and its own
 * memfd-bind makes one (runc v1.2.0 contrib/cmd/memfd-bind/README.md: "for most users the security benefit is identical"). QEMU translates
 * the code of every copy anew, and forgets what it knows of all other code when translated code is written over: 9 pods of runc 1.1.15
 * took 67 s of CPU time without it, and 48 s with it. `prefix` is where the artifact is on the host. Returns the program's path there, or
 * undefined where nothing is sealed. Throws an Error where it cannot be done.
 */
export async function sealRuntime(
  host: Pick<Host, 'exec' | 'facts'>,
  component: Component,
  { binaries }: Pick<Artifact, 'binaries'>,
  prefix: string,
): Promise<string | undefined> {
  if (host.facts.accelerator !== 'tcg' || !isRuntime(component) || !hasFeature(component, 'copies-itself')) return undefined;
  const path = binaries[runtimeFacts(component.name).program];
  if (path === undefined) return undefined;
  const file = join(prefix, path);
  const { exitCode, failure, stderr } = await host.exec(['perl', '-e', script, '--', file, directory]);
  if (exitCode !== 0) throw new Error(`Cannot seal a copy of ${file} in the memory of the host: ${stderr.trim() || failure}`);
  return file;
}
