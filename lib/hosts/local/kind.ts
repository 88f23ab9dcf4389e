import { randomBytes } from 'node:crypto';
import type { LocalHost } from './facts.ts';
import { oncePerAttachment } from '../shared/attachment.ts';
import { assertSameBoot } from '../shared/boot.ts';
import type { Attachment, Connection, HostKind, Remote } from '../host.ts';
import { borrowMachine } from '../borrowed/borrow.ts';
import { machineDirectory } from '../borrowed/release.ts';
import { examineForLocal } from './doctor.ts';
import { connectRemote } from '../shared/remote.ts';

/** Leases this machine itself, which its owner must have marked as disposable. Needs root. */
const acquireLocal: HostKind<LocalHost>['acquire'] = async (id, spec, context, { needs }) => {
  const connection: Connection = { prefix: [], quoting: 'none' };
  const remote = connectRemote(connection);
  const token = `podproof-${randomBytes(6).toString('hex')}`;
  const what = `this machine as host ${id}`;
  const lease = await borrowMachine(
    { what, connection, afterwards: connection, declared: spec.disposable, sparePci: spec.sparePci, needs, token },
    context,
  );
  const consoleTail = async (): Promise<string> => '';
  return {
    ...remote,
    ...lease,
    id,
    attach: oncePerAttachment((attachment) => bindHere(attachment, remote)),
    expose: async (port) => port,
    consoleTail,
    assertAlive: () => assertSameBoot(id, remote, lease.facts.bootId, consoleTail),
  };
};

export const localKind: HostKind<LocalHost> = { acquire: acquireLocal, examine: examineForLocal };

/** Under a path of our own, so that what runs from there is known to be ours. */
async function bindHere({ id, directory }: Attachment, remote: Remote): Promise<string> {
  const target = `${machineDirectory}/attached/${id}`;
  const { exitCode, stderr } = await remote.exec(['sh', '-euc', bindScript, 'sh', directory, target]);
  if (exitCode !== 0) throw new Error(`Cannot mount ${directory} at ${target}: ${stderr.trim()}`);
  return target;
}

const bindScript = 'mkdir -p "$2"; mount --bind "$1" "$2"; mount -o remount,bind,ro "$2"';
