import { basename, posix } from 'node:path';
import { placedContainers, type Container, type Pod } from '../manifest/pod.ts';
import type { Fixtures } from '../model/fixtures.ts';
import type { StandIn } from '../hosts/shared/stand-ins.ts';
import type { Description, DeviceSource, NodeSpec, ResourceDevice } from './device-spec.ts';
import { nodeText } from './device-spec.ts';
import { conventional, numbersOf } from './known-nodes.ts';
import { openedPath, standInDirectory } from './opened.ts';

/** How a pod asks for a device. */
export type Origin =
  | { kind: 'resource'; name: string }
  | { kind: 'hostPath'; volume: string }
  | { kind: 'block'; volume: string };

/** A device that one container of a pod is meant to use. */
export interface PodDevice {
  container: string;
  origin: Origin;
  source: DeviceSource;
  /** In the container; of the spare function it is known when its host is up. */
  path: string;
  /** Nobody described the node. */
  assumed: boolean;
}

/** What is said of devices beside the manifest. */
export interface Devices {
  resources: readonly ResourceDevice[];
  described: Description['nodes'];
}

/** Where the pod's container with this index is, for messages. */
type Path = readonly (string | number)[];

/** A resource that nobody described, and where a container asks for it. */
export class UnknownResource extends Error {
  readonly path: Path;
  constructor(resource: string, path: Path) {
    super(`what does ${resource} stand for? Say --device ${resource}=PATH:TYPE:UID:GID:MODE, or =vfio, or =block`);
    this.path = path;
  }
}

/** Every device that a pod asks for, in the order of its containers. Throws UnknownResource. */
export function devicesOf(pod: Pod, devices: Devices): PodDevice[] {
  return placedContainers(pod.spec).flatMap(({ container, path }) => ofContainer(pod, container, path, devices));
}

/** Whether a resource is of a device plugin: the other names are the kubelet's own (pkg/apis/core/v1/helper IsExtendedResourceName). */
export function isExtended(resource: string): boolean {
  return /^[^/]+\/[^/]+$/.test(resource) && !/(^|\.)kubernetes\.io\//.test(resource) && !resource.startsWith('requests.');
}

function ofContainer(pod: Pod, container: Container, path: Path, devices: Devices): PodDevice[] {
  return [
    ...resourcesOf(container, path, devices),
    ...container.volumeMounts.flatMap((mount) => ofMount(pod, container, mount, devices.described)),
    ...container.volumeDevices.map(({ name, devicePath }): PodDevice => ({
      container: container.name,
      origin: { kind: 'block', volume: name },
      source: { kind: 'block' },
      path: devicePath,
      assumed: false,
    })),
  ];
}

function resourcesOf({ name: container, resources: { limits } }: Container, path: Path, { resources }: Devices): PodDevice[] {
  return Object.entries(limits)
    .filter(([resource, amount]) => isExtended(resource) && amount !== '0')
    .flatMap(([resource]) => {
      const own = resources.filter((device) => device.resource === resource);
      if (own.length === 0) throw new UnknownResource(resource, [...path, 'resources', 'limits', resource]);
      return own.map(({ source }): PodDevice => ({
        container,
        origin: { kind: 'resource', name: resource },
        source,
        path: source.kind === 'node' ? source.node.path : source.kind === 'block' ? `/dev/${basename(resource)}` : '/dev/vfio',
        assumed: false,
      }));
    });
}

/** A mount of a path of the node is a device where it is one by its type, or lies below /dev; a directory there has those that are described. */
function ofMount(
  pod: Pod,
  { name }: Container,
  mount: Container['volumeMounts'][number],
  described: readonly NodeSpec[],
): PodDevice[] {
  const hostPath = pod.spec.volumes.find((volume) => volume.name === mount.name)?.hostPath;
  if (hostPath === undefined) return [];
  const from = posix.normalize(posix.join(hostPath.path, mount.subPath ?? '')).replace(/(?<=.)\/$/, '');
  const given = { container: name, origin: { kind: 'hostPath', volume: mount.name } } as const;
  const one = (node: NodeSpec, assumed: boolean): PodDevice => ({
    ...given,
    source: { kind: 'node', node },
    path: posix.join(mount.mountPath, posix.relative(from, node.path)),
    assumed,
  });
  const itself = described.find(({ path }) => path === from);
  if (itself !== undefined) return [one(itself, false)];
  const below = described.filter(({ path }) => path.startsWith(`${from}/`));
  if (below.length > 0 && from !== '/dev') return below.map((node) => one(node, false));
  const { type } = hostPath;
  if (type === 'CharDevice' || type === 'BlockDevice')
    return [one({ ...conventional(from), type: type === 'CharDevice' ? 'c' : 'b' }, true)];
  if (type !== '' || !from.startsWith('/dev/')) return [];
  return usualIn(from).map((node) => one(node, true));
}

/** What is in directories below /dev that pods mount as a whole; of any other path, the path itself. */
function usualIn(path: string): NodeSpec[] {
  const usual: Readonly<Record<string, readonly string[]>> = {
    '/dev/dri': ['/dev/dri/card0', '/dev/dri/renderD128'],
    '/dev/snd': ['/dev/snd/controlC0'],
    '/dev/bus/usb': ['/dev/bus/usb/001/002'],
    '/dev/infiniband': ['/dev/infiniband/uverbs0'],
    '/dev/net': ['/dev/net/tun'],
    '/dev/shm': [],
    '/dev/hugepages': [],
    '/dev/vfio': [],
  };
  return (usual[path] ?? [path]).map(conventional);
}

/** What to say of how the pod asks for it. */
export function originText(origin: Origin): string {
  if (origin.kind === 'resource') return origin.name;
  return origin.kind === 'hostPath' ? `hostPath volume ${origin.volume}` : `block volume ${origin.volume}`;
}

/** A node as it was described, or assumed; nothing of what the host under test has itself. */
export function descriptionOf({ source }: PodDevice): string | undefined {
  return source.kind === 'node' ? nodeText(source.node) : undefined;
}

/** A device on the host: the node that it is there, and the stand-ins that make it so. */
export interface PlacedDevice extends PodDevice {
  /** The nodes of the device on the host, and where each is in the container. */
  nodes: Array<{ hostPath: string; path: string }>;
  /** Name of its CDI device. */
  cdi: string;
  /** The same nodes, open to everybody: what a mode on the node would do. */
  opened: Array<{ hostPath: string; path: string }>;
}

/** Where every device is on a host with these fixtures, and what has to be made there. Throws an Error for a host without what it takes. */
export function placeDevices(devices: readonly PodDevice[], fixtures: Fixtures): { placed: PlacedDevice[]; standIns: StandIn[] } {
  const standIns = new Map<string, StandIn>();
  const add = (standIn: StandIn): string => {
    standIns.set(standIn.path, standIn);
    return standIn.path;
  };
  const placed = devices.map((device, index): PlacedDevice => {
    const { source, origin, path, assumed } = device;
    const cdi = `device-${index}`;
    const copy = (name: string, node: Omit<NodeSpec, 'path'>, numbers: string): string =>
      add({ path: `${standInDirectory}/${index}/${name}`, type: node.type, numbers, access: accessOf(node) });
    if (source.kind === 'vfio') {
      const { vfioGroup: group, vfioControl: control } = fixtures;
      if (group === null || control === null)
        throw new Error('this host has no spare PCI function in an IOMMU group that vfio-pci can take');
      const nodes = [group, control].map((each) => ({ hostPath: each, path: each }));
      const everybody = copy(`opened-${basename(group)}`, { type: 'c', uid: 0, gid: 0, mode: '0666' }, group);
      return { ...device, cdi, path: group, nodes, opened: [{ hostPath: everybody, path: group }, ...nodes.slice(1)] };
    }
    if (source.kind === 'block') {
      const disk = fixtures.blockPlain;
      const everybody = copy('opened', { type: 'b', uid: 0, gid: 6, mode: '0666' }, disk);
      return { ...device, cdi, nodes: [{ hostPath: disk, path }], opened: [{ hostPath: everybody, path }] };
    }
    const { node } = source;
    const numbers = numbersOf(node, fixtures.blockPlain);
    const opened = { ...node, mode: openedTo(node.mode) };
    const everybody =
      origin.kind === 'hostPath'
        ? add({ path: openedPath(node.path), type: node.type, numbers, access: accessOf(opened) })
        : copy(`opened-${basename(path)}`, opened, numbers);
    const hostPath =
      origin.kind === 'hostPath'
        ? add({ path: node.path, type: node.type, numbers, ...(assumed ? {} : { access: accessOf(node) }) })
        : copy(basename(path), node, numbers);
    return { ...device, cdi, nodes: [{ hostPath, path }], opened: [{ hostPath: everybody, path }] };
  });
  return { placed, standIns: [...standIns.values()] };
}

function accessOf({ uid, gid, mode }: Pick<NodeSpec, 'uid' | 'gid' | 'mode'>): NonNullable<StandIn['access']> {
  return { owner: `${uid}:${gid}`, mode };
}

/** The mode with reading and writing for everybody: `0660` → `0666`. */
export function openedTo(mode: string): string {
  return (Number.parseInt(mode, 8) | 0o666).toString(8).padStart(4, '0');
}
