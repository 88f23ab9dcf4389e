import { Fixtures, cdiDevice } from '../record/fixtures.ts';
import { undoChanges } from './changes.ts';
import { deviceDirectory, prepareScriptOf, restoreScript, runDirectory } from './fixture-scripts.ts';
import type { Remote } from './host.ts';

const cdiDirectory = `${runDirectory}/cdi`;

/** What a kind of host can give to its pods: never a disk, a node or a function that was not made or named for it. */
export interface FixturePlan {
  /** The spare disks that a machine of ours was started with, or loop devices that we make, with these numbers. */
  disks: 'spare' | readonly [canary: number, plain: number];
  /** The spare PCI function of a machine of ours, the address of one that the user gave, or none. */
  pci: string | null;
  /** Whether the host's kernel is ours to change: modules are loaded and huge pages reserved. */
  kernel: boolean;
}

/** Fixtures of a machine that we start ourselves. */
export const spareFixtures: FixturePlan = { disks: 'spare', pci: 'spare', kernel: true };

/** Two numbers of loop devices far above those that a machine makes for itself; a minor has 20 bits. */
export function loopNumbers(): [number, number] {
  const first = 2 * (50_000 + Math.floor(Math.random() * 400_000));
  return [first, first + 1];
}

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
