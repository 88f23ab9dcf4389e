import { Fixtures, cdiDevice } from '../../model/fixtures.ts';
import { undoSteps } from './changes.ts';
import type { FixturePlan } from './fixture-plan.ts';
import { deviceDirectory, prepareSteps, runDirectory } from './fixture-scripts.ts';
import { restoreSteps } from './restore-scripts.ts';
import { runStep, type Stepping } from './steps.ts';
import { HostLostError, messageOf } from '../../util/errors.ts';
import { pairsIn } from '../../util/pairs.ts';
import type { Host } from '../host.ts';

const cdiDirectory = `${runDirectory}/cdi`;

const [cdiKind, cdiName] = cdiDevice.split('=');
/** The CDI device that pods ask for, as a file of the host. */
export const cdiSpecification = {
  path: `${cdiDirectory}/podproof.json`,
  content: `${JSON.stringify(
    {
      cdiVersion: '0.5.0',
      kind: cdiKind,
      devices: [
        { name: cdiName, containerEdits: { deviceNodes: [{ path: '/dev/podproof-cdi', hostPath: `${deviceDirectory}/char` }] } },
      ],
    },
    undefined,
    2,
  )}\n`,
};

/**
 * Makes the device nodes, disks and mounts that pods are handed, and remembers below /run/podproof what it changed.
 * Idempotent. Disks and the PCI function of our machines are found by serial number and MAC address that only we give.
 * Throws HostLostError when the host hangs in it.
 */
export async function prepareFixtures(host: Stepping & Pick<Host, 'write'>, plan: FixturePlan): Promise<Fixtures> {
  for (const step of undoSteps) await runStep(host, step);
  await host.write(cdiSpecification.path, cdiSpecification.content);
  const said: string[] = [];
  for (const step of prepareSteps(plan)) said.push(await runStep(host, step));
  return parseFixtures(said.join(''));
}

/** Pure part: `key=value` lines; an empty value is null. */
export function parseFixtures(text: string): Fixtures {
  const given = Object.entries(pairsIn(text)).map(([name, value]) => [name, value || null]);
  return Fixtures.parse({ ...Object.fromEntries(given), missing: `${deviceDirectory}/missing`, cdiDirectory });
}

/** Undoes `prepareFixtures`. Idempotent; does nothing on a host without our record, which is kept until everything is undone. */
export async function restoreFixtures(host: Stepping): Promise<void> {
  const troubles: string[] = [];
  for (const step of [...undoSteps, ...restoreSteps])
    await runStep(host, step).catch((error: unknown) => {
      if (error instanceof HostLostError) throw error;
      troubles.push(messageOf(error));
    });
  if (troubles.length > 0) throw new Error(troubles.join('; '));
  await runStep(host, { name: 'drop the record of its fixtures', script: `rm -rf ${runDirectory}` });
}
