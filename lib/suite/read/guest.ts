import { canary } from '../../model/fixtures.ts';
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

/** What a kernel lists as a disk, and is its own memory. */
const ofMemory = /^z?ram\d+$/;

/**
 * Whether a disk of the host is among those that the guest's kernel lists: one that holds our canary, has the serial number of
 * one of the host's or the size of one. A guest may have disks of its own: its image, the root of a container.
 */
export function hostDisks(): Reading<'none' | 'host'> {
  return podReading(['none', 'host'], ({ partitions, disks: looked }, { disks: hosts }) => {
    const listed = partitions.filter(({ name }) => !ofMemory.test(name));
    const names = listed.map(({ name }) => name).join(' ');
    if (listed.length === 0) return { word: 'none', text: 'no disk in /proc/partitions' };
    const unread = listed.some(({ name }) => looked?.some((disk) => disk.name === name && disk.content !== null) !== true);
    if (looked === undefined || hosts === undefined)
      return { word: 'unread', text: `${names}, and nobody looked what they hold` };
    const real = hosts.filter(({ name }) => /^(sd|vd|xvd|nvme|mmcblk)/.test(name));
    const reasons = listed.flatMap(({ name, blocks }) => {
      const disk = looked.find((each) => each.name === name);
      const twin = real.find((each) => each.serial !== null && each.serial === disk?.serial);
      const alike = real.find((each) => each.blocks === blocks);
      if (disk?.content === canary) return [`${name} holds our canary`];
      if (twin !== undefined) return [`${name} has the serial number ${twin.serial} of ${twin.name} of the host`];
      return alike === undefined ? [] : [`${name} has ${blocks} KiB, as ${alike.name} of the host`];
    });
    if (reasons.length > 0) return { word: 'host', text: reasons.join('; ') };
    return {
      word: unread ? 'unread' : 'none',
      text: `${names}, ${unread ? 'and not all could be read' : 'none of which is the host’s'}`,
    };
  });
}

/**
 * Whether /proc shows the container's own processes only: a pause, the probe and what it runs, never twenty, and by name none of
 * those that the host has for this sandbox, as its shim.
 */
export function processes(): Reading<'own' | 'host'> {
  return podReading(['own', 'host'], ({ processes: count, commands = [] }, host) => {
    const found = commands.filter((command) =>
      host.processes.some(({ role, comm }) => comm === command && role !== 'container' && role !== 'other'),
    );
    const text = `${count} processes${found.length === 0 ? '' : `, ${found.join(' ')} of the host among them`}`;
    if (found.length > 0) return { word: 'host', text };
    return { word: count < 20 ? 'own' : 'more', text };
  });
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
