import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RuntimePlaces } from './runtime-state.ts';

const source = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

/** The program at /podproof/probe in an image that has this busybox. */
export async function probeScript(busybox = '/bin/busybox'): Promise<string> {
  return `#!${busybox} sh\n${await source('rows.sh')}${await source('probe.sh')}`;
}

/**
 * The argv of one look around inside a container. Attempts are `open:r:/dev/x`, `open:w:/dev/x`, `mknod:/tmp/n:b:254:16`,
 * `canary:/dev/x`, `writable:/dev/hugepages/f`. An open(2) that blocks is ended by the deadline of the exec.
 */
export function probeArgv(attempts: readonly string[]): string[] {
  return ['/podproof/probe', token(), ...attempts];
}

/** The argv of one sweep of the host. Throws RangeError for an id that would be read as a pattern. `places` are those of one container. */
export async function sweepArgv(
  ids: { sandboxId: string; containerId: string },
  { runtimeState = '', runtimeFile = '' }: Partial<RuntimePlaces> = {},
  directories: readonly string[] = [],
): Promise<string[]> {
  for (const id of [ids.sandboxId, ids.containerId]) {
    if (!/^(\w[\w-]*)?$/.test(id))
      throw new RangeError(`Cannot sweep the host for the id "${id}": expected letters, digits and dashes`);
  }
  const script = `${await source('rows.sh')}${await source('sweep.sh')}`;
  return [
    'busybox',
    'sh',
    '-c',
    script,
    'sweep',
    token(),
    ids.sandboxId,
    ids.containerId,
    runtimeState,
    runtimeFile,
    ...directories,
  ];
}

function token(): string {
  return randomBytes(12).toString('hex');
}
