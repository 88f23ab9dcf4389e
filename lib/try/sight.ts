import { deviceLayers } from '../judge/layers.ts';
import { canary } from '../model/fixtures.ts';
import { capabilitiesIn, capabilitiesLacking } from '../model/capabilities.ts';
import { isWiderThan, type DeviceNode } from '../model/device-node.ts';
import type { GuestReport } from '../model/guest-report.ts';
import type { Access, ContainerSight, DeviceSight, Reach } from '../model/trial.ts';
import { hasGuest } from '../runtimes/facts.ts';
import type { Evidence } from '../suite/evidence.ts';
import { decide, obstacles } from './decide.ts';
import type { PlacedDevice } from './devices.ts';
import type { Found } from './found.ts';

/** A disk of the host, and the node of it. */
export type Disk = Pick<DeviceNode, 'path' | 'major' | 'minor'>;

/** Where a process tries to make a node of a disk. */
const madeNode = '/tmp/podproof-disk';

/** What the probe tries in a container: its devices, and whatever disk of the host it may reach. */
export function attemptsFor(devices: readonly PlacedDevice[], disks: readonly Disk[]): string[] {
  const [first] = disks;
  return [
    ...new Set([
      ...devices.flatMap(({ nodes }) => nodes.flatMap(({ path }) => [`open:r:${path}`, `open:w:${path}`])),
      ...disks.flatMap(({ path }) => [`open:r:${path}`, `canary:${path}`]),
      ...(first === undefined ? [] : [`mknod:${madeNode}:b:${first.major}:${first.minor}`]),
    ]),
  ];
}

/** What one container found, and what is in the way of its devices. `added` are the capabilities that its manifest adds. */
export function sightOf(
  name: string,
  devices: readonly PlacedDevice[],
  disks: readonly Disk[],
  evidence: Pick<Evidence, 'observation' | 'lease' | 'cell'> & { guest: GuestReport; opened: boolean; added: readonly string[] },
): { sight: ContainerSight; found: Found } {
  const { guest, observation, opened, added } = evidence;
  const notHeld = capabilitiesLacking(added, guest.credentials.capEff);
  const scene = { guest, spec: observation.spec };
  const seen = devices.flatMap((device) =>
    (opened ? device.opened : device.nodes).map(({ path, hostPath }) => ({
      device,
      path,
      node: nodeAt(guest.dev, path),
      host: nodeAt(observation.host?.dev ?? [], hostPath),
      read: openOf(guest, path, 'read'),
      write: openOf(guest, path, 'write'),
    })),
  );
  return {
    sight: {
      name,
      id: guest.id,
      seccomp: guest.credentials.seccomp === 2,
      noNewPrivileges: guest.credentials.noNewPrivs === 1,
      notHeld,
      devices: seen.map(({ path, node, host, read, write }): DeviceSight => {
        const refused =
          read === null ? (write === null ? undefined : decide(path, 'write', write, scene)) : decide(path, 'read', read, scene);
        return {
          path,
          host: host && accessOf(host),
          guest: node && accessOf(node),
          read,
          write,
          decider: refused?.decider,
          says: refused?.says ?? openWords(node, host),
          layers: deviceLayers(
            { path, field: node !== undefined && host !== undefined && node.mode !== host.mode ? 'mode' : 'gid' },
            evidence,
          ),
        };
      }),
      reach: reachOf(guest, disks, hasGuest(evidence.cell.runtime)),
    },
    found: {
      name,
      who: guest.credentials,
      notHeld,
      devices: seen.map(({ device, path, node, read, write }) => ({
        device: { origin: device.origin, path },
        node,
        obstacles: obstacles(path, scene),
        usable: read === null && write === null,
      })),
    },
  };
}

function openWords(node: DeviceNode | undefined, host: DeviceNode | undefined): string {
  if (node === undefined) return 'it opens';
  const { uid, gid, mode } = node;
  const wider = host !== undefined && isWiderThan(node, host);
  return `it opens: ${uid}:${gid} ${mode}${wider ? `, and ${host.mode} on the node` : ''}`;
}

function nodeAt(nodes: readonly DeviceNode[], path: string): DeviceNode | undefined {
  const node = nodes.find((entry) => entry.path === path);
  if (node?.target === undefined) return node;
  const target = new URL(node.target, `file://${path}`).pathname;
  return nodes.find((entry) => entry.path === target);
}

function openOf({ opens }: GuestReport, path: string, access: 'read' | 'write'): string | null {
  const tried = opens.find((entry) => entry.path === path && entry.access === access);
  return tried === undefined ? 'not tried' : tried.error;
}

function accessOf({ type, uid, gid, mode }: DeviceNode): Access {
  return { type: type === 'c' || type === 'b' ? type : 'other', owner: `${uid}:${gid}`, mode };
}

/** In a guest a disk of the host is known by what is written on the spare one; other disks are the guest's own. */
function reachOf(guest: GuestReport, disks: readonly Disk[], inGuest: boolean): Reach {
  const { credentials } = guest;
  const opened = (path: string): boolean =>
    inGuest
      ? guest.canaries.some((entry) => entry.path === path && entry.content === canary)
      : guest.opens.some((entry) => entry.path === path && entry.access === 'read' && entry.error === null);
  return {
    nodes: guest.dev.filter(({ type }) => type === 'c' || type === 'b').length,
    disks: disks.map(({ path }) => path).filter(opened),
    madeDisk: !inGuest && guest.opens.some((entry) => entry.access === 'mknod' && entry.error === null),
    groups: [...new Set([credentials.gids[1] ?? 0, ...credentials.groups])],
    capabilities: capabilitiesIn(credentials.capEff),
    bounding: capabilitiesIn(credentials.capBnd).length,
  };
}

/** The whole disks and partitions of a host that pods have no business with; what podproof made of them is not counted twice. */
export function disksOf(dev: readonly DeviceNode[]): Disk[] {
  const own = dev.filter(
    ({ type, path }) => type === 'b' && /^\/dev\/[^/]+$/.test(path) && !/^\/dev\/(loop|ram|zram|sr|fd|nbd)\d+$/.test(path),
  );
  const byNumbers = new Map(own.map((node) => [`${node.major}:${node.minor}`, node]));
  return [...byNumbers.values()].slice(0, 16);
}
