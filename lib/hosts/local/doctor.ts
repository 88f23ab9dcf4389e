import { messageOf } from '../../util/errors.ts';
import { assertDisposable, examine, markerCommand, markerFile } from '../borrowed/examine.ts';
import { mayOpen, versionLine } from '../doctor/tried.ts';
import { check, type Check } from '../doctor/check.ts';
import { connectRemote } from '../shared/remote.ts';

export interface LocalFindings {
  vhostVsock: boolean;
  tools: { virtiofsd: string | null };
  /** Why this machine may not be a host itself; empty where its owner has given it away. */
  notDisposable: string;
}

/** What this machine takes to be a host itself. */
export async function examineForLocal(): Promise<Check[]> {
  return localChecks({
    vhostVsock: await mayOpen('/dev/vhost-vsock'),
    tools: {
      // Debian keeps it out of the PATH.
      virtiofsd: (await versionLine(['/usr/libexec/virtiofsd', '--version'])) ?? (await versionLine(['virtiofsd', '--version'])),
    },
    notDisposable: await reasonNotDisposable(),
  });
}

/** Pure part of `examineForLocal`. */
export function localChecks(found: LocalFindings): Check[] {
  return [
    check(
      'disposable',
      'this machine as a host of kind "local", or its devices in containers',
      found.notDisposable === '',
      'warn',
      `given away by ${markerFile}`,
      { otherwise: `refused: ${found.notDisposable}`, fix: `only if any pod may break this machine: ${markerCommand}` },
    ),
    check('vsock', 'vhost-vsock of this machine', found.vhostVsock, 'warn', '/dev/vhost-vsock', {
      otherwise: 'absent; needed only where this machine itself, or a container on it, is the host',
      fix: 'sudo modprobe vhost_vsock',
    }),
    check('virtiofsd', 'virtiofsd of this machine', found.tools.virtiofsd !== null, 'warn', found.tools.virtiofsd ?? '', {
      otherwise: 'absent; needed only where this machine itself is the host, VM hosts have their own',
      fix: 'apt install virtiofsd',
    }),
  ];
}

async function reasonNotDisposable(): Promise<string> {
  try {
    assertDisposable('this machine', true, await examine(connectRemote({ prefix: [], quoting: 'none' })));
    return '';
  } catch (error) {
    return messageOf(error).replace('Refused to use this machine: ', '');
  }
}
