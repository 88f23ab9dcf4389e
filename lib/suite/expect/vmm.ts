import type { HostProcess, HostReport } from '../../model/observation.ts';
import type { Expectation, Finding } from '../rule.ts';
import { ran } from './outcome.ts';

const noCapability = '0000000000000000';

/** The VMM of this sandbox has these properties. */
function vmm(check: (process: HostProcess, host: HostReport) => Finding[]): Expectation {
  return ran((_, { host }) => {
    const process = host.processes.find(({ role }) => role === 'vmm');
    if (process === undefined)
      return [{ ok: false, expected: 'a VMM process of this sandbox', observed: 'none was seen on the host' }];
    return check(process, host);
  });
}

function credentials({ uids, gids }: HostProcess): string {
  return `VMM with uids ${uids.join(' ')} and gids ${gids.join(' ')}`;
}

/** The VMM runs as root. */
export function rootVmm(): Expectation {
  return vmm((process) => [
    { ok: process.uids.every((uid) => uid === 0), expected: 'VMM with uids 0 0 0 0', observed: credentials(process) },
  ]);
}

/** The VMM's four uids and gids are those of one account that Kata made, and it has no capability. */
export function kataUserVmm(): Expectation {
  return vmm((process, host) => {
    const user = host.users.find(({ uid }) => uid === process.uids[0]);
    const own =
      user !== undefined && process.uids.every((uid) => uid === user.uid) && process.gids.every((gid) => gid === user.gid);
    return [
      {
        ok: own && user.uid !== 0 && user.gid !== 0,
        expected: 'VMM with all uids and gids of one kata-N account',
        observed: `${credentials(process)}, which ${user === undefined ? 'is no kata-N account' : `is ${user.name}`}`,
      },
      {
        ok: process.capEff === noCapability,
        expected: 'no effective capability',
        observed: `effective capabilities ${process.capEff}`,
      },
    ];
  });
}

/** The VMM's supplementary groups are exactly the group of /dev/kvm, or this one. */
export function kvmGroupOnly(group?: number): Expectation {
  return vmm((process, host) => {
    const wanted = group ?? host.dev.find(({ path }) => path === '/dev/kvm')?.gid;
    return [
      {
        ok: wanted !== undefined && process.groups.length === 1 && process.groups[0] === wanted,
        expected: `supplementary groups ${wanted ?? 'of /dev/kvm, which the sweep did not see'}`,
        observed: `supplementary groups ${process.groups.join(' ') || 'none'}`,
      },
    ];
  });
}

/** The VMM cannot gain privileges and has a seccomp filter. */
export function confinedVmm(): Expectation {
  return vmm((process) => [
    {
      ok: process.noNewPrivs === 1 && process.seccomp === 2,
      expected: 'NoNewPrivs 1, Seccomp 2',
      observed: `NoNewPrivs ${process.noNewPrivs}, Seccomp ${process.seccomp}`,
    },
  ]);
}

/** Shim and virtiofsd of this sandbox run as root, and both are there. */
export function rootHelpers(): Expectation {
  return ran((_, { host }) =>
    (['shim', 'virtiofsd'] as const).map((role) => {
      const own = host.processes.filter((process) => process.role === role);
      return {
        ok: own.length > 0 && own.every(({ uids }) => uids.every((uid) => uid === 0)),
        expected: `${role} with uid 0`,
        observed:
          own.length === 0 ? `no ${role} of this sandbox` : `${role} with uid ${own.map(({ uids }) => uids[1]).join(', ')}`,
      };
    }),
  );
}

/** /run/user/<uid> belongs to the VMM's user, is closed to others, and holds the VMM's sockets. */
export function runtimeDirectory(): Expectation {
  return vmm((process, host) => {
    const uid = process.uids[0] ?? 0;
    const directory = host.runUser.find(({ path }) => path === `/run/user/${uid}`);
    const socket = host.runUser.find(
      ({ path, type }) => type === 's' && path.startsWith(`/run/user/${uid}/`) && /(qmp|cl?h-api)\.sock$/.test(path),
    );
    return [
      {
        ok: directory?.uid === uid && /[0-7]0$/.test(directory.mode),
        expected: `/run/user/${uid} of uid ${uid}, closed to others`,
        observed:
          directory === undefined
            ? `/run/user/${uid} is absent`
            : `/run/user/${uid} ${directory.uid}:${directory.gid} ${directory.mode}`,
      },
      {
        ok: socket?.uid === uid,
        expected: `the VMM's control socket below it, of uid ${uid}`,
        observed: socket === undefined ? 'no control socket below it' : `${socket.path} of uid ${socket.uid}`,
      },
    ];
  });
}

/** As many kata-N accounts with different ids as pods run. */
export function distinctUsers(count: number): Expectation {
  return ran((_, { host }) => [
    {
      ok: new Set(host.users.map(({ uid }) => uid)).size === count,
      expected: `${count} kata-N accounts with different uids`,
      observed: host.users.map(({ name, uid }) => `${name} (${uid})`).join(', ') || 'no kata-N account',
    },
  ]);
}
