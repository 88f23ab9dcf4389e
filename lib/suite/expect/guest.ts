import type { Expectation } from '../rule.ts';
import { containerPath, hostNodeOf, type NodeReference } from './node.ts';
import { ran } from './outcome.ts';

/** The guest has no disk at all. */
export function noDisks(): Expectation {
  return ran((guest) => [
    {
      ok: guest.partitions.length === 0,
      expected: 'empty /proc/partitions',
      observed: guest.partitions.map(({ name }) => name).join(' ') || 'empty /proc/partitions',
    },
  ]);
}

/** Only the container's own processes are visible. */
export function fewProcesses(): Expectation {
  return ran((guest, { host }) => [
    {
      ok: guest.processes < 20,
      expected: 'only the processes of the container',
      observed: `${guest.processes} processes; the host's sandbox has ${host.processes.length}`,
    },
  ]);
}

/** The path is a block device of the guest's own numbers, and its numbers are those of a disk that the guest has. */
export function guestDisk(reference: NodeReference): Expectation {
  return ran((guest, evidence) => {
    const path = containerPath(reference, evidence);
    const seen = guest.dev.find((entry) => entry.path === path);
    const host = hostNodeOf(path, evidence.observation, evidence.host);
    const resolves = guest.partitions.some(({ major, minor }) => major === seen?.major && minor === seen.minor);
    return [
      {
        ok: seen?.type === 'b' && resolves,
        expected: `${path} is a block device that the guest has`,
        observed:
          seen === undefined
            ? `${path} is absent`
            : `${path} is ${seen.type} ${seen.major}:${seen.minor}, which the guest ${resolves ? 'has' : 'has not'}; on the host ${host?.major}:${host?.minor}`,
        about: { path, field: 'type' },
      },
    ];
  });
}

/** A PCI function with these ids (as sysfs has them, `0x8086:0x10d3`) is in the guest, or is not. */
export function pciFunction(ids: string, there: boolean): Expectation {
  return ran((guest) => {
    const seen = guest.pci.map((entry) => `${entry.vendor}:${entry.device}`);
    return [
      {
        ok: seen.includes(ids) === there,
        expected: `PCI function ${ids} ${there ? 'is' : 'is not'} in the guest`,
        observed: `PCI functions ${seen.join(' ') || 'none'}`,
      },
    ];
  });
}
