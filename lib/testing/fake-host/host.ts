import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { acquireHost } from '../../hosts/registry.ts';
import { ownDirectory } from '../../hosts/shared/own-directory.ts';
import { spareFixtures } from '../../hosts/shared/fixture-plan.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';
import { startProcess } from '../../hosts/shared/process.ts';
import { HostLostError } from '../../util/errors.ts';
import { scoped } from '../../util/scope.ts';
import { fakeHostFacts, preparedFixtures } from './facts.ts';
import { printRows } from '../script-rows.ts';
import { sweepRows } from './rows.ts';

const script = fileURLToPath(new URL('host.sh', import.meta.url));

/** Programs that would touch this machine, and what stands for them. */
const standIns = {
  ip: 'exit 0',
  'systemd-run': 'while case $1 in --*) ;; *) break ;; esac do shift; done\nexec "$@"',
};

/**
 * A host that is a directory of this machine and a process that holds it up, both in the ledger as those of a real one. It is lost
 * when that process ends, or when a file `lost` appears in the directory. Its engine and its kubelet are programs that can be killed.
 * Where no fault is planned, it ends with the podproof that leased it.
 */
export const acquireFake: typeof acquireHost = async (id, _spec, context) => {
  const token = `podproof-${randomBytes(6).toString('hex')}`;
  const root = join(tmpdir(), token);
  return scoped(async (scope) => {
    await ownDirectory(root, scope, context.ledger);
    await mkdir(context.logs, { recursive: true });
    for (const part of ['bin', 'run', 'lib']) await mkdir(join(root, part), { mode: 0o700 });
    const files = { id, fixtures: preparedFixtures, sweep: printRows(sweepRows()) };
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    for (const [name, body] of Object.entries(standIns))
      await writeFile(join(root, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const bound = process.env['PODPROOF_FAULT'] === undefined ? [`--pid=${process.pid}`] : [];
    const log = join(context.logs, 'machine.log');
    const held = await startProcess(['tail', ...bound, '-f', '/dev/null', token], token, log, context.ledger);
    const machine = scope.adopt('the machine', held);
    await writeFile(join(root, 'machine.pid'), String(machine.pid));
    const remote = connectRemote({ prefix: ['busybox', 'sh', script, root], quoting: 'none' });
    return {
      ...remote,
      ...{ id, facts: fakeHostFacts, fixtures: spareFixtures, missingFeatures: {} },
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
