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
