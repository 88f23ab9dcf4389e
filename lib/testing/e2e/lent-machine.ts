import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../hosts/host.ts';
import { restoreFixtures } from '../../hosts/shared/fixtures.ts';
import type { SshHost } from '../../hosts/ssh/facts.ts';
import { scoped } from '../../util/scope.ts';
import { leaseHost, sshConfigOf } from './lease.ts';

/** A machine of ours as somebody else lends it: without our fixtures, and reached by ssh alone, as `lentHost(directory)` says. */
export async function lentMachine(run: string, directory: string): Promise<Host> {
  return scoped(async (scope) => {
    const machine = scope.adopt('the machine', await leaseHost(run, join(directory, 'logs'), (phase) => console.log(phase)));
    await restoreFixtures(machine);
    await writeFile(configIn(directory), sshConfigOf('metal-1', machine.connection));
    return { ...machine };
  });
}

/** It in a matrix. */
export function lentHost(directory: string): SshHost {
  return { kind: 'ssh', destination: 'metal-1', configFile: configIn(directory), disposable: true };
}

function configIn(directory: string): string {
  return join(directory, 'ssh_config');
}
