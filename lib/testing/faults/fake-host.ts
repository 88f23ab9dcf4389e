import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { acquireHost } from '../../hosts/registry.ts';
import { ownDirectory } from '../../hosts/shared/own-directory.ts';
import { spareFixtures } from '../../hosts/shared/fixture-plan.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';
import { machineBootId } from '../../hosts/shared/process-identity.ts';
import { startProcess } from '../../hosts/shared/process.ts';
import { HostLostError } from '../../util/errors.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { scoped } from '../../util/scope.ts';
import { fakeHostFacts, preparedFixtures } from '../fake-host-facts.ts';

const script = fileURLToPath(new URL('host.sh', import.meta.url));

/**
 * A host that is a directory of this machine and a process that holds it up, both in the ledger as those of a real one. It
 * is lost when that process ends, or when a file `lost` appears in the directory; a new lease is a new boot.
 */
export const acquireFragile: typeof acquireHost = async (id, _spec, context) => {
  const token = `podproof-${randomBytes(6).toString('hex')}`;
  const root = join(runtimeDirectory(), token);
  return scoped(async (scope) => {
    await ownDirectory(root, scope, context.ledger);
    await mkdir(context.logs, { recursive: true });
    for (const part of ['bin', 'run', 'lib']) await mkdir(join(root, part), { recursive: true, mode: 0o700 });
    await writeFile(join(root, 'fixtures'), preparedFixtures);
    await writeFile(join(root, 'bin/ip'), '#!/bin/sh\nexit 0\n');
    await chmod(join(root, 'bin/ip'), 0o755);
    const machine = scope.adopt(
      'the machine',
      await startProcess(['tail', '-f', '/dev/null', token], token, join(context.logs, 'machine.log'), context.ledger),
    );
    await writeFile(join(root, 'machine.pid'), String(machine.pid));
    const remote = connectRemote({ prefix: ['busybox', 'sh', script, root], quoting: 'none' });
    const bootId = await machineBootId();
    return {
      ...remote,
      id,
      fixtures: spareFixtures,
      missingFeatures: {},
      facts: { ...fakeHostFacts, bootId },
      dial: (socket) => remote.dial(socket.replaceAll('/var/lib/podproof', join(root, 'lib'))),
      attach: ({ directory }) => Promise.resolve(directory),
      expose: (port) => Promise.resolve(port),
      consoleTail: () => Promise.resolve(''),
      async assertAlive() {
        try {
          machine.assertRunning();
        } catch (error) {
          throw new HostLostError(`Host ${id} is lost: its process ended`, '', error);
        }
        const { exitCode } = await remote.exec(['true']);
        if (exitCode !== 0) throw new HostLostError(`Host ${id} is lost: it does not answer`, '');
      },
    };
  });
};
