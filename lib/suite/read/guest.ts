import { podReading, type Reading } from '../reading.ts';

/** Whether the container shares the host's kernel, as the same boot id shows, or has one of its own. */
export function kernel(): Reading<'host' | 'own'> {
  return podReading(['host', 'own'], (guest, host) => {
    const shared = guest.bootId === host.bootId;
    return {
      word: shared ? 'host' : 'own',
      text: `kernel ${guest.kernel}, ${shared ? 'the same boot as the host' : `another boot than the host's`}`,
    };
  });
}

/** Which disks /proc/partitions shows. */
export function disks(): Reading<'none'> {
  return podReading(['none'], ({ partitions }) => {
    const names = partitions.map(({ name }) => name).join(' ');
    return { word: names || 'none', text: names ? `/proc/partitions shows ${names}` : 'empty /proc/partitions' };
  });
}

/** Whether /proc shows the container's own processes only: a pause, the probe and what it runs, never twenty. */
export function processes(): Reading<'own'> {
  return podReading(['own'], (guest) => ({
    word: guest.processes < 20 ? 'own' : 'more',
    text: `${guest.processes} processes`,
  }));
}

/** Whether a PCI function with these ids, as sysfs has them (`0x8086:0x10d3`), is in the guest. */
export function pciFunction(ids: string): Reading<'there' | 'absent'> {
  return podReading(['there', 'absent'], ({ pci }) => {
    const there = pci.some(({ vendor, device }) => `${vendor}:${device}` === ids);
    return {
      word: there ? 'there' : 'absent',
      text: `the PCI function ${ids} is ${there ? 'in the guest' : 'not in the guest'}`,
    };
  });
}

/** Whether the process is in a user namespace that maps its ids to others, or in the first one of its kernel. */
export function userNamespace(): Reading<'own' | 'first'> {
  return podReading(['own', 'first'], ({ uidMap }) => {
    if (uidMap === undefined) return { word: 'unseen', text: '/proc/self/uid_map was not read' };
    const first = uidMap.length === 1 && uidMap[0] === '0 0 4294967295';
    return { word: first ? 'first' : 'own', text: `its ids are mapped as ${uidMap.join(', ') || 'none'}` };
  });
}

/** What the root of the container is: layers of the host, a directory that the host shares with a guest, or a file system on a disk. */
export function rootFileSystem(): Reading<'layers' | 'shared' | 'disk'> {
  return podReading(['layers', 'shared', 'disk'], ({ mounts }) => {
    const fstype = mounts.findLast(({ target }) => target === '/')?.fstype ?? 'none';
    const words: Record<string, string> = { overlay: 'layers', virtiofs: 'shared', '9p': 'shared', ext4: 'disk', xfs: 'disk' };
    return { word: words[fstype] ?? fstype, text: `the root is ${fstype}` };
  });
}
