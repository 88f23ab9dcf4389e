import type { Credentials } from '../model/credentials.ts';
import type { DeviceNode } from '../model/device-node.ts';
import { unmapped } from './decide.ts';
import type { Found } from './found.ts';

/** The groups by which all closed nodes would open; undefined where a group does not help with one of them. */
export function groupsThatOpen(failing: readonly Found[]): number[] | undefined {
  const groups = new Set<number>();
  for (const { who, devices } of failing) {
    for (const { node, obstacles } of devices) {
      if (!obstacles.includes('file mode')) continue;
      if (node === undefined || !groupHelps(node, who)) return undefined;
      groups.add(node.gid);
    }
  }
  return groups.size === 0 ? undefined : [...groups].sort((a, b) => a - b);
}

/** The user that all closed nodes belong to, where these let him read and write. */
export function userThatOpens(failing: readonly Found[]): number | undefined {
  const closed = failing.flatMap(({ devices }) => devices).filter(({ obstacles }) => obstacles.includes('file mode'));
  const owners = new Set(closed.map(({ node }) => (node !== undefined && modeHas(node, 0o600) ? node.uid : unmapped)));
  const [owner] = owners;
  return owners.size === 1 && owner !== unmapped ? owner : undefined;
}

function modeHas({ mode }: DeviceNode, bits: number): boolean {
  return (Number.parseInt(mode, 8) & bits) === bits;
}

/** Its owner is asked first, and never falls back on the group; nobody can join a group that is not mapped. */
function groupHelps(node: DeviceNode, who: Credentials): boolean {
  const { uid, gid } = node;
  return modeHas(node, 0o060) && uid !== who.uids[1] && ![who.gids[1], ...who.groups].includes(gid) && gid !== unmapped;
}
