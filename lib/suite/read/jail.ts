import type { HostProcess } from '../../model/host-report.ts';
import { agreed, podReading, reading, type Reading } from '../reading.ts';
import { vmm } from './vmm.ts';

/** Where the VMM's / comes from: the host's own, or a directory of it that a jailer made for this sandbox. */
export function vmmRoot(): Reading<'host' | 'jail'> {
  return vmm(['host', 'jail'], ({ root }) => {
    if (root === undefined) return { word: 'unseen', text: 'its root was not seen' };
    const [, base] = /^\/(?:run\/)?(vc|kata)\/[^/]+\/[^/]+\/root$/.exec(root) ?? [];
    if (base !== undefined) return { word: 'jail', text: `its / is a directory below /run/${base}` };
    return { word: root === '/' ? 'host' : root, text: `its / is ${root} of the host` };
  });
}

/** Which namespaces of its own the VMM has. */
export function vmmNamespaces(): Reading<'none' | 'network' | 'mounts' | 'mounts and network'> {
  return vmm(['none', 'network', 'mounts', 'mounts and network'], ({ namespaces }) => {
    if (namespaces === undefined) return { word: 'unseen', text: 'its namespaces were not seen' };
    const key = namespaces.join(',');
    const words: Record<string, string> = { '': 'none', net: 'network', mnt: 'mounts', 'mnt,net': 'mounts and network' };
    return { word: words[key] ?? key, text: `own namespaces: ${namespaces.join(' ') || 'none'}` };
  });
}

/** In whose cgroup the VMM is: one that carries the id of its sandbox, or another. */
export function vmmCgroup(): Reading<'of the sandbox' | 'of others'> {
  return vmm(['of the sandbox', 'of others'], ({ cgroup, argv }, host) => {
    if (cgroup === undefined) return { word: 'unseen', text: 'its cgroup was not seen' };
    const id =
      idOf({ argv }) ??
      host.runVc?.map(({ path }) => /\/([0-9a-f]{32,64})(?:\/|$)/.exec(path)?.[1]).find((each) => each !== undefined);
    const ours = id !== undefined && cgroup.includes(id);
    return { word: ours ? 'of the sandbox' : 'of others', text: `its cgroup is ${cgroup}` };
  });
}

/** What Firecracker and its jailer are called by. */
function idOf({ argv }: Pick<HostProcess, 'argv'>): string | undefined {
  const at = argv.indexOf('--id');
  return at < 0 ? undefined : argv[at + 1];
}

/** Whose the character devices in the jail are, and who may open them. */
export function jailDevices(): Reading<'none' | 'of root alone' | 'open to others'> {
  return podReading(['none', 'of root alone', 'open to others'], (_, { runVc = [] }) => {
    const nodes = runVc.filter(({ type, path }) => type === 'c' && path.includes('/root/'));
    const word = nodes.map(({ uid, gid, mode }) =>
      uid === 0 && gid === 0 ? (mode.endsWith('00') ? 'of root alone' : 'open to others') : `${uid}:${gid} ${mode}`,
    );
    const shown = nodes.map(({ path, uid, gid, mode }) => `${path.replace(/^.*\/root\//, '/')} ${uid}:${gid} ${mode}`);
    return { word: nodes.length === 0 ? 'none' : agreed(word), text: shown.join('; ') || 'no device in its directory' };
  });
}

/** Which disks the guest has besides those of its own image and of the VMM's pool: by name, as the VMM gives them. */
export function guestDisks(): Reading<'image and pool'> {
  return podReading(['image and pool'], ({ partitions }) => {
    const names = partitions.map(({ name }) => name).filter((name) => !/^ram\d+$/.test(name));
    const known = names.every((name) => /^vd[a-i]\d*$/.test(name)) && names.includes('vda');
    return { word: known ? 'image and pool' : names.join(' ') || 'none', text: `/proc/partitions shows ${names.join(' ')}` };
  });
}

/** What is left of a VM: nothing, its directory below /run/vc or /run/kata with the mounts there, or the VMM itself. */
export function leftOfVm(): Reading<'nothing' | 'directory' | 'vmm'> {
  return reading(['nothing', 'directory', 'vmm'], ({ observation }) => {
    if (observation.outcome.kind !== 'ran') return { word: 'not started', text: 'no pod ran, so that nothing could be left' };
    const left = observation.leftovers?.runtime;
    if (left === undefined) return { word: 'unswept', text: 'the host was not swept after the removal' };
    const running = left.some((line) => /^process .* \(vmm, /.test(line));
    const other = left.find((line) => !/^(?:process .* \(vmm, |(?:mount )?\/run\/(?:vc|kata)\/)/.test(line));
    const word = other !== undefined ? 'other' : running ? 'vmm' : left.length > 0 ? 'directory' : 'nothing';
    return { word, text: left.join('; ') || 'nothing left' };
  });
}
