import { Fixtures, cdiDevice } from '../../model/fixtures.ts';
import { undoChanges } from './changes.ts';
import type { FixturePlan } from './fixture-plan.ts';
import { deviceDirectory, prepareScriptOf, restoreScript, runDirectory } from './fixture-scripts.ts';
import type { Remote } from '../host.ts';

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
 */
export async function prepareFixtures(remote: Remote, plan: FixturePlan): Promise<Fixtures> {
  await undoChanges(remote);
  await remote.write(cdiSpecification.path, cdiSpecification.content);
  const numbers = plan.disks === 'spare' ? ['', ''] : plan.disks.map(String);
  const result = await remote.exec(['sh', '-euc', prepareScriptOf(plan), 'sh', ...numbers, plan.pci ?? ''], {
    timeoutMs: 120_000,
  });
  if (result.exitCode !== 0)
    throw new Error(
      `Cannot prepare the fixtures on the host: ${result.failure.split('\n')[0]?.slice(0, 100)}: ${result.stderr.trim()}`,
    );
  return parseFixtures(result.stdout);
}

/** Pure part: `key=value` lines; an empty value is null. */
export function parseFixtures(text: string): Fixtures {
  const pairs = text.split('\n').flatMap((line) => {
    const match = /^(\w+)=(.*)$/.exec(line);
    return match ? [[match[1], match[2] || null]] : [];
  });
  return Fixtures.parse({ ...Object.fromEntries(pairs), missing: `${deviceDirectory}/missing`, cdiDirectory });
}

/** Undoes `prepareFixtures`. Idempotent; does nothing on a host without our record. */
export async function restoreFixtures(remote: Remote): Promise<void> {
  await undoChanges(remote);
  const result = await remote.exec(['sh', '-uc', restoreScript], { timeoutMs: 60_000 });
  if (result.exitCode !== 0)
    throw new Error(`Cannot restore the host: ${result.failure.split('\n')[0]?.slice(0, 100)}: ${result.stderr.trim()}`);
}
