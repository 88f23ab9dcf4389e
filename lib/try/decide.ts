import type { Credentials } from '../model/credentials.ts';
import type { DeviceNode } from '../model/device-node.ts';
import type { GuestReport } from '../model/guest-report.ts';
import type { OciSpec } from '../model/oci-spec.ts';
import type { Decider } from '../model/trial.ts';
import { capabilitiesIn } from '../model/capabilities.ts';

export interface Scene {
  guest: Pick<GuestReport, 'dev' | 'mounts' | 'credentials'>;
  spec: OciSpec | undefined;
}

export type AccessKind = 'read' | 'write';

/** What stands in the way of opening a node for reading and writing, in the order in which the kernel asks (fs/namei.c inode_permission). */
export function obstacles(path: string, { guest, spec }: Scene): Decider[] {
  const node = guest.dev.find((entry) => entry.path === path);
  if (node === undefined) return ['no node'];
  const found: Decider[] = [];
  if (isNodev(path, guest.mounts)) found.push('mount option');
  if (!modeAllows(node, 'read', guest.credentials) || !modeAllows(node, 'write', guest.credentials)) found.push('file mode');
  if (!cgroupAllows(node, spec)) found.push('device cgroup');
  return found;
}

/** Who refused, and in words why. `errno` is that of the open that failed. */
export function decide(path: string, access: AccessKind, errno: string, scene: Scene): { decider: Decider; says: string } {
  const { guest, spec } = scene;
  const node = guest.dev.find((entry) => entry.path === path);
  const mapped = (spec?.linux?.uidMappings ?? []).length > 0;
  const verdict = (decider: Decider, why: string): ReturnType<typeof decide> => ({
    decider,
    says: `${access} fails with ${errno}: ${why}`,
  });
  switch (errno) {
    case 'EACCES':
      if (isNodev(path, guest.mounts)) return verdict('mount option', 'what is mounted there is mounted nodev');
      if (node !== undefined && !modeAllows(node, access, guest.credentials))
        return verdict('file mode', modeWords(node, guest.credentials));
      if (mapped) return verdict('user namespace', 'the mode would let it, and the pod has a user namespace of its own');
      return verdict('security module', 'owner and mode would let it: AppArmor, SELinux, or a directory above it');
    case 'EPERM':
      if (node !== undefined && !cgroupAllows(node, spec))
        return verdict('device cgroup', 'the device is not on the list of the container');
      if (mapped) return verdict('user namespace', 'the pod has a user namespace of its own');
      return verdict('security module', 'the device cgroup would let it');
    case 'ENOENT':
      return verdict('no node', 'the container has no node there');
    case 'EBUSY':
      return verdict('driver', 'somebody else has it open');
    default:
      return verdict('driver', 'the node may be opened, and the driver of the device refuses');
  }
}

function modeWords({ uid, gid, mode }: DeviceNode, { uids, gids, groups }: Credentials): string {
  const [own, group] = [uids[1], gids[1]];
  const others = [...new Set([group, ...groups])].join(',');
  return `it is ${uid}:${gid} ${mode}, and the process has uid ${own} and the groups ${others}`;
}

/** As the kernel decides by owner, group and mode alone (fs/namei.c generic_permission). */
export function modeAllows(
  { uid, gid, mode }: Pick<DeviceNode, 'uid' | 'gid' | 'mode'>,
  access: AccessKind,
  who: Credentials,
): boolean {
  // Of an owner outside the pod's user namespace, which is shown as nobody, no capability helps.
  const isMapped = uid !== unmapped || gid !== unmapped;
  if (isMapped && capabilitiesIn(who.capEff).includes('DAC_OVERRIDE')) return true;
  const bits = Number.parseInt(mode, 8);
  const class_ = uid === who.uids[1] ? 6 : [...who.groups, who.gids[1]].includes(gid) ? 3 : 0;
  return ((bits >> class_) & (access === 'read' ? 4 : 2)) !== 0;
}

/** /proc/sys/kernel/overflowuid: what is not mapped into the pod's user namespace. */
export const unmapped = 65534;

function isNodev(path: string, mounts: GuestReport['mounts']): boolean {
  const over = mounts
    .filter(({ target }) => target === '/' || path === target || path.startsWith(`${target}/`))
    .toSorted((a, b) => a.target.length - b.target.length)
    .at(-1);
  return over?.options.split(',').includes('nodev') ?? false;
}

/** Whether the list of the OCI specification lets the container read and write a node; the last entry that fits counts. */
function cgroupAllows({ type, major, minor }: DeviceNode, spec: OciSpec | undefined): boolean {
  const rules = spec?.linux?.resources?.devices;
  if (rules === undefined) return true;
  const fits = (rule: (typeof rules)[number]): boolean =>
    (rule.type === undefined || rule.type === 'a' || rule.type === '' || rule.type === type) &&
    (rule.major === undefined || rule.major === -1 || rule.major === major) &&
    (rule.minor === undefined || rule.minor === -1 || rule.minor === minor);
  return (
    isDefault(type, major, minor) ||
    ['r', 'w'].every((letter) => rules.findLast((rule) => fits(rule) && (rule.access ?? 'rwm').includes(letter))?.allow ?? false)
  );
}

/** What runc and crun allow every container, after all that is listed (opencontainers/runc libcontainer/specconv AllowedDevices; runc 1.2.0 to 1.2.3 without TUN, 10:200). */
function isDefault(type: string, major = -1, minor = -1): boolean {
  return (
    type === 'c' &&
    ((major === 1 && [3, 5, 7, 8, 9].includes(minor)) ||
      (major === 5 && [0, 2].includes(minor)) ||
      (major === 10 && minor === 200) ||
      major === 136)
  );
}
