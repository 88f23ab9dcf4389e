import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { SshHost } from './facts.ts';
import { BlockedError, messageOf } from '../../util/errors.ts';
import { oncePerKey } from '../../util/once-per-key.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { scoped } from '../../util/scope.ts';
import { copyToHost, oncePerAttachment } from '../shared/attachment.ts';
import { assertSameBoot } from '../shared/boot.ts';
import { ownDirectory } from '../shared/own-directory.ts';
import type { Connection, HostKind } from '../host.ts';
import { borrowMachine } from '../borrowed/borrow.ts';
import { connectRemote } from '../shared/remote.ts';
import { keepConnected } from './reconnect.ts';
import { openControlMaster, type Ssh, type SshTarget } from './control-master.ts';

/** Leases a machine that the user reaches by ssh: with the user's configuration, agent and jump hosts. */
const acquireSsh: HostKind<SshHost>['acquire'] = async (id, spec, context, { needs }) => {
  const token = `podproof-${randomBytes(6).toString('hex')}`;
  const directory = join(runtimeDirectory(), token);
  const target = targetOf(spec);
  return scoped(async (scope) => {
    await ownDirectory(directory, scope, context.ledger);
    const open = (): Promise<Ssh> => openControlMaster(target, { directory, token }, context);
    const ssh = scope.adopt('the ssh connection', await keepConnected(open, context).catch(refuse));
    const { connection } = ssh;
    const afterwards: Connection = {
      prefix: ['ssh', '-o', 'BatchMode=yes', ...target.options, target.destination, '--'],
      quoting: 'posix',
    };
    const machine = { what: `ssh host ${id} (${spec.destination})`, connection, afterwards, token };
    const lease = scope.adopt(
      'the machine',
      await borrowMachine({ ...machine, declared: spec.disposable, sparePci: spec.sparePci, needs }, context),
    );
    const remote = connectRemote(connection);
    const consoleTail = async (): Promise<string> => '';
    const { facts, fixtures, missingFeatures } = lease;
    return {
      ...remote,
      ...{ id, facts, fixtures, missingFeatures },
      attach: oncePerAttachment((attachment) => copyToHost(attachment, remote, context)),
      expose: oncePerKey((port: number) => ssh.forward(port)),
      consoleTail,
      async assertAlive() {
        await ssh.connected();
        await assertSameBoot(id, remote, facts.bootId, consoleTail);
      },
    };
  });

  function refuse(error: unknown): never {
    context.signal.throwIfAborted();
    throw new BlockedError(`Cannot log in to ssh host ${id} (${spec.destination}): ${messageOf(error)}`, {
      remedy: `make this work without a question: ${['ssh', ...configOf(spec), spec.destination, 'true'].join(' ')}`,
      cause: error,
    });
  }
};

export const sshKind: HostKind<SshHost> = { acquire: acquireSsh };

function targetOf(spec: SshHost): SshTarget {
  const alive = ['ServerAliveInterval=15', 'ServerAliveCountMax=4'];
  const quiet = ['RemoteCommand=none', 'RequestTTY=no', 'PermitLocalCommand=no', ...alive];
  return { options: [...configOf(spec), ...quiet.flatMap((each) => ['-o', each])], destination: spec.destination };
}

function configOf({ configFile }: SshHost): string[] {
  return configFile === undefined ? [] : ['-F', resolve(configFile)];
}
