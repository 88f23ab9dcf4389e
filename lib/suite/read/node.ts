import { cdiDevice, cdiPath } from '../../model/fixtures.ts';
import type { DeviceNode } from '../../model/device-node.ts';
import type { Evidence } from '../evidence.ts';
import { hasGuest } from '../../runtimes/facts.ts';
import { agreed, podReading, type Reading, type Sight } from '../reading.ts';
import type { FixtureName } from '../scenario.ts';

/** A container path, or the fixture that a device request of the pod maps there. */
export type NodeReference = string | { fixture: FixtureName; entry?: string };

interface Nodes {
  path: string;
  /** In the container. */
  seen: DeviceNode | undefined;
  /** What it stands for on the host. */
  host: DeviceNode | undefined;
  evidence: Evidence;
}

/** Says in one word what all of these nodes are like; where they differ, in several. */
function nodes<const Word extends string>(
  words: readonly Word[],
  references: readonly NodeReference[],
  look: (nodes: Nodes & { seen: DeviceNode }) => Sight,
): Reading<Word | 'absent'> {
  return podReading([...words, 'absent'], (guest, _, evidence) => {
    const sights = references.map((reference): Sight => {
      const path = containerPath(reference, evidence);
      const seen = entryAt(guest.dev, path);
      if (seen === undefined) return { word: 'absent', text: `${path} is absent`, about: { path, field: 'presence' } };
      return look({ path, seen, host: hostNodeOf(path, evidence), evidence });
    });
    const about = sights[0]?.about;
    return {
      word: agreed(sights.map(({ word }) => word)),
      text: sights.map(({ text }) => text).join('; '),
      ...(about && { about }),
    };
  });
}

/**
 * Whose the nodes are: as the host has it, where that is not root; as the pod asked for by runAsUser and runAsGroup, where each that is unset or 0 stands
 * for the host's; root's; or nobody's, which is what an owner outside the pod's user namespace is shown as.
 */
export function ownerOf(...references: NodeReference[]): Reading<'host' | 'asked' | 'root' | 'unmapped' | 'absent'> {
  return nodes(['host', 'asked', 'root', 'unmapped'], references, ({ path, seen, host, evidence }) => {
    const { runAsUser = 0, runAsGroup = 0 } = evidence.observation.request;
    const own = owner(seen);
    const word = (): string => {
      const asks = runAsUser > 0 || runAsGroup > 0;
      if (asks && own === owner({ uid: runAsUser || host?.uid, gid: runAsGroup || host?.gid })) return 'asked';
      const named = { '65534:65534': 'unmapped', '0:0': 'root' }[own];
      return named ?? (host !== undefined && own === owner(host) ? 'host' : own);
    };
    return {
      word: word(),
      text: `${path} belongs to ${own}`,
      about: { path, field: runAsUser > 0 && seen.uid !== runAsUser ? 'uid' : 'gid' },
    };
  });
}

/** The mode: the host's, 0666 for a host's that is narrower, or 0000. */
export function modeOf(...references: NodeReference[]): Reading<'host' | 'open' | 'closed' | 'absent'> {
  const named: Record<string, string> = { '0666': 'open', '0000': 'closed' };
  return nodes(['host', 'open', 'closed'], references, ({ path, seen: { mode }, host }) => ({
    word: mode === host?.mode ? 'host' : (named[mode] ?? mode),
    text: `${path} has mode ${mode}${host === undefined ? '' : `, the host's ${host.mode}`}`,
    about: { path, field: 'mode' },
  }));
}

/**
 * Which device it is: the host's by type and numbers, or the disk that stands for it in the guest. A guest has disks of its own,
 * which may have the numbers of the host's, so it has to be as large as that; where nobody looked at the host's disks, its
 * numbers have to be others.
 */
export function deviceOf(...references: NodeReference[]): Reading<'host' | 'guest' | 'absent'> {
  return nodes(['host', 'guest'], references, ({ path, seen, host, evidence: { cell, observation } }) => {
    const disks = hasGuest(cell.runtime) && seen.type === 'b' ? (observation.guest?.partitions ?? []) : [];
    const disk = disks.find(({ major, minor }) => major === seen.major && minor === seen.minor);
    const own = numbers(seen);
    const asOnHost = host !== undefined && own === numbers(host);
    const about = { path, field: 'type' } as const;
    if (disk === undefined) return { word: asOnHost ? 'host' : own, text: `${path} is ${own}`, about };
    const text = `${path} is ${own}, a disk of the guest`;
    const onHost = observation.host?.disks;
    const blocks = onHost?.find(({ name }) => `/dev/${name}` === host?.path)?.blocks;
    if (onHost === undefined ? !asOnHost : blocks === disk.blocks) return { word: 'guest', text, about };
    const why =
      onHost === undefined ? 'with the numbers of the host’s' : `of ${disk.blocks} KiB, the host’s has ${blocks ?? 'none there'}`;
    return { word: 'another disk of the guest', text: `${text} ${why}`, about };
  });
}

/** Whether there is a node at all. */
export function presenceOf(...references: NodeReference[]): Reading<'there' | 'absent'> {
  return nodes(['there'], references, ({ path }) => ({
    word: 'there',
    text: `${path} is there`,
    about: { path, field: 'presence' },
  }));
}

/**
 * Whose a node of the host is while the pod runs that never asked for it: root's with the mode that it has to have, root's
 * with another mode, or the pod's.
 */
export function hostNode(path: string, mode: string): Reading<'as it was' | 'opened' | 'given away' | 'given away and opened'> {
  return podReading(['as it was', 'opened', 'given away', 'given away and opened'], (_, host, { observation: { request } }) => {
    const seen = entryAt(host.dev, path);
    if (seen === undefined) return { word: 'absent', text: `${path} of the host was not seen` };
    const text = `${path} of the host is ${owner(seen)} ${seen.mode}`;
    const kept = seen.mode === mode;
    if (owner(seen) === '0:0') return { word: kept ? 'as it was' : seen.mode === '0777' ? 'opened' : seen.mode, text };
    if (owner(seen) !== `${request.runAsUser}:${request.runAsGroup}`) return { word: owner(seen), text };
    return { word: kept ? 'given away' : seen.mode === '0777' ? 'given away and opened' : seen.mode, text };
  });
}

function owner({ uid, gid }: { uid: number | undefined; gid: number | undefined }): string {
  return `${uid}:${gid}`;
}

/** `c 10:196`. */
export function numbers({ type, major, minor }: DeviceNode): string {
  return `${type} ${major ?? '?'}:${minor ?? '?'}`;
}

/** Where a fixture is in the container: as the pod's request maps it. */
export function containerPath(reference: NodeReference, evidence: Pick<Evidence, 'cell' | 'observation'>): string {
  if (typeof reference === 'string') return reference;
  const hostPath = evidence.cell.fixtures?.[reference.fixture];
  const device = evidence.observation.request.devices.find((entry) => entry.hostPath === hostPath);
  const base = device?.containerPath ?? hostPath ?? `the ${reference.fixture} fixture`;
  return reference.entry === undefined ? base : `${base}/${reference.entry}`;
}

/** The node on the host that a container path stands for: through the request's device mapping, directories and CDI included. */
export function hostNodeOf(path: string, { cell, observation }: Pick<Evidence, 'cell' | 'observation'>): DeviceNode | undefined {
  const { host, request } = observation;
  if (host === undefined) return undefined;
  if (path === cdiPath && request.cdiDevices.includes(cdiDevice)) return entryAt(host.dev, cell.fixtures?.char ?? path);
  for (const { hostPath, containerPath: mapped } of request.devices) {
    if (path === mapped) return followLink(hostPath, host.dev);
    if (path.startsWith(`${mapped}/`)) return followLink(hostPath + path.slice(mapped.length), host.dev);
  }
  return followLink(path, host.dev);
}

function followLink(path: string, dev: readonly DeviceNode[]): DeviceNode | undefined {
  const entry = entryAt(dev, path);
  if (entry?.target === undefined) return entry;
  return entryAt(dev, new URL(entry.target, `file://${path}`).pathname);
}

const tables = new WeakMap<readonly DeviceNode[], ReadonlyMap<string, DeviceNode>>();

function tableOf(dev: readonly DeviceNode[]): ReadonlyMap<string, DeviceNode> {
  const table = new Map<string, DeviceNode>();
  for (const entry of dev) table.set(entry.path, entry);
  tables.set(dev, table);
  return table;
}

/** The entry at a path; each list is searched many times, so its paths are kept. */
export function entryAt(dev: readonly DeviceNode[], path: string): DeviceNode | undefined {
  return (tables.get(dev) ?? tableOf(dev)).get(path);
}
