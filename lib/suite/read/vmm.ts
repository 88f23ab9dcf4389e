import type { HostProcess, HostReport } from '../../model/host-report.ts';
import { agreed, podReading, type Reading, type Sight } from '../reading.ts';
import { entryAt } from './node.ts';

const noCapability = '0000000000000000';

/** What the VMM of this sandbox is like. */
export function vmm<const Word extends string>(
  words: readonly Word[],
  look: (process: HostProcess, host: HostReport) => Sight,
): Reading<Word> {
  return podReading(words, (_, host) => {
    const process = host.processes.find(({ role }) => role === 'vmm');
    return process === undefined ? { word: 'unseen', text: 'no VMM of this sandbox was seen on the host' } : look(process, host);
  });
}

/** Who runs the VMM, in all four uids and gids: root, or an account of its own that Kata made. */
export function vmmUser(): Reading<'root' | 'own account'> {
  return vmm(['root', 'own account'], ({ uids, gids }, host) => {
    const [uid, gid] = [agreed(uids.map(String)), agreed(gids.map(String))];
    const user = host.users.find((each) => String(each.uid) === uid && String(each.gid) === gid);
    const word = uid === '0' && gid === '0' ? 'root' : user !== undefined && user.uid !== 0 ? 'own account' : 'other';
    return { word, text: `VMM with uid ${uid} and gid ${gid}${user === undefined ? '' : `, which is ${user.name}`}` };
  });
}

/** What the VMM may do besides: no capability, or all. */
export function vmmCapabilities(): Reading<'none' | 'some'> {
  return vmm(['none', 'some'], ({ capEff, capPrm, capInh, capAmb }) => {
    const sets = [capEff, capPrm, capInh, capAmb];
    return {
      word: sets.every((set) => set === noCapability) ? 'none' : 'some',
      text: `its capabilities are ${[...new Set(sets)].join(', ')}`,
    };
  });
}

/** Which supplementary groups the VMM has: the group of /dev/kvm alone, which may be root's. */
export function vmmGroups(): Reading<'kvm' | 'root'> {
  return vmm(['kvm', 'root'], ({ groups }, host) => {
    const kvm = entryAt(host.dev, '/dev/kvm')?.gid;
    const only = groups.length === 1 && groups[0] === kvm;
    const text = `supplementary groups ${groups.join(' ') || 'none'}`;
    return { word: only ? (kvm === 0 ? 'root' : 'kvm') : 'other', text };
  });
}

/** Whether the VMM has a seccomp filter and cannot gain privileges. */
export function vmmConfinement(): Reading<'filter' | 'none'> {
  return vmm(['filter', 'none'], ({ noNewPrivs, seccomp }) => ({
    word: ({ '1 2': 'filter', '0 0': 'none' } as Record<string, string>)[`${noNewPrivs} ${seccomp}`] ?? 'other',
    text: `NoNewPrivs ${noNewPrivs}, Seccomp ${seccomp}`,
  }));
}

/** Who runs shim and virtiofsd of this sandbox. */
export function helperUsers(): Reading<'root'> {
  return podReading(['root'], (_, host) => {
    const roles = (['shim', 'virtiofsd'] as const).map((role) => {
      const uids = host.processes.filter((process) => process.role === role).flatMap((process) => process.uids);
      return { role, uids: [...new Set(uids)] };
    });
    return {
      word: roles.every(({ uids }) => uids.length === 1 && uids[0] === 0) ? 'root' : 'other',
      text: roles.map(({ role, uids }) => (uids.length === 0 ? `no ${role}` : `${role} with uid ${uids.join(', ')}`)).join('; '),
    };
  });
}

/** /run/user/<uid> of the VMM's user: closed to others, or open to them; and its own, with the VMM's control socket below. */
export function runtimeDirectory(): Reading<'closed' | 'open'> {
  return vmm(['closed', 'open'], ({ uids, gids }, host) => {
    const [uid = 0, gid = 0] = [uids[0], gids[0]];
    const path = `/run/user/${uid}`;
    const directory = host.runUser.find((entry) => entry.path === path);
    const socket = host.runUser.find(
      (entry) => entry.type === 's' && entry.path.startsWith(`${path}/`) && /(qmp|cl?h-api)\.sock$/.test(entry.path),
    );
    if (directory === undefined) return { word: 'absent', text: `${path} is absent` };
    const its = `${path} is ${directory.uid}:${directory.gid} ${directory.mode}`;
    if (socket === undefined) return { word: 'no socket', text: `${its}, without a control socket` };
    const own = directory.uid === uid && directory.gid === gid && socket.uid === uid;
    const modes: Record<string, string> = { '0700': 'closed', '0750': 'closed', '0755': 'open' };
    return {
      word: own ? (modes[directory.mode] ?? directory.mode) : 'foreign',
      text: `${its}, its control socket is of uid ${socket.uid}`,
    };
  });
}

/**
 * How many kata-N accounts with ids of their own there are, one for the VMM of each pod; of a record that has no second VMM only
 * the accounts are known.
 */
export function accounts(): Reading<'1' | '2'> {
  return podReading(['1', '2'], (_, { users, processes, twin }) => {
    const text = users.map(({ name, uid }) => `${name} (${uid})`).join(', ') || 'no kata-N account';
    const all = new Set(users.map(({ uid, gid }) => `${uid}:${gid}`));
    if (twin === undefined) return { word: String(all.size), text };
    const owners = [processes, twin].map((of) => {
      const process = of.find(({ role }) => role === 'vmm');
      return process === undefined ? 'no VMM' : `${agreed(process.uids.map(String))}:${agreed(process.gids.map(String))}`;
    });
    const own = owners.every((owner) => all.has(owner));
    return { word: own ? String(new Set(owners).size) : 'other', text: `${text}; the VMMs run as ${owners.join(' and ')}` };
  });
}
