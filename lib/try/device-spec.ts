import { UsageError } from '../util/errors.ts';

/** A device node as it is on a node of the cluster. */
export interface NodeSpec {
  /** Where it is in the container. */
  path: string;
  type: 'c' | 'b';
  uid: number;
  gid: number;
  /** Four octal digits. */
  mode: string;
}

/** What one instance of a resource stands for: a node of this kind, the host's spare PCI function, or a spare disk. */
export type DeviceSource = { kind: 'node'; node: NodeSpec } | { kind: 'vfio' } | { kind: 'block' };

/** A device of a resource that pods ask for by its name: `gpu.intel.com/i915`. */
export interface ResourceDevice {
  resource: string;
  source: DeviceSource;
}

/** What a description file says: nodes by their path, and what resources stand for. */
export interface Description {
  nodes: NodeSpec[];
  devices: ResourceDevice[];
}

const expected = 'RESOURCE=PATH:TYPE:UID:GID:MODE, such as gpu.intel.com/i915=/dev/dri/renderD128:c:0:105:0660';
/** Kubernetes qualified names with a prefix (apimachinery pkg/util/validation IsQualifiedName). */
const resourceName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
/** Nothing that a path may hold and a person would not see, and no way up. */
const plainPath = /^(\/(?!\.{1,2}(\/|$))[\w.,:+@%=~#-]+)+$/;

/**
 * The devices that `--device` flags describe, in their order. A path alone takes its type, owner and mode from `described`, the
 * nodes of a description file. `where` names a flag in messages. Throws UsageError.
 */
export function parseDevice(text: string, described: readonly NodeSpec[] = [], where = '--device'): ResourceDevice {
  const at = text.indexOf('=');
  const refuse = (why: string): UsageError => new UsageError(`${where} "${text.slice(0, 200)}": ${why}`);
  if (at < 0) throw refuse(`there is no "="; expected ${expected}`);
  const [resource, what] = [text.slice(0, at), text.slice(at + 1)];
  if (!resourceName.test(resource)) throw refuse(`"${resource}" is no name of an extended resource, such as gpu.intel.com/i915`);
  if (what === 'vfio' || what === 'block') return { resource, source: { kind: what } };
  if (/:[cb]:/.test(what)) return { resource, source: { kind: 'node', node: parseNode(what, refuse) } };
  const node = described.find(({ path }) => path === what);
  if (node === undefined)
    throw refuse(
      described.length === 0
        ? `expected ${expected}, or RESOURCE=vfio, or RESOURCE=block`
        : `${what} is not in the description file, which has ${described
            .map(({ path }) => path)
            .slice(0, 5)
            .join(', ')}`,
    );
  return { resource, source: { kind: 'node', node } };
}

/**
 * A description file, as describe-devices prints it: a line `PATH:TYPE:UID:GID:MODE` for each node, `RESOURCE=` before it
 * where a resource stands for it, comments from " #" on. Throws UsageError with the line.
 */
export function parseDescription(text: string, file: string): Description {
  const description: Description = { nodes: [], devices: [] };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const where = `${file}:${index + 1}:`;
    if (line.startsWith('/')) {
      description.nodes.push(parseNode(line, (why) => new UsageError(`${where} "${line.slice(0, 200)}": ${why}`)));
      continue;
    }
    const device = parseDevice(line, description.nodes, where);
    description.devices.push(device);
    if (device.source.kind === 'node') description.nodes.push(device.source.node);
  }
  return description;
}

/** From the right, as a path may hold colons: `/dev/v4l/by-path/pci-0000:00:14.0-usb`. */
function parseNode(text: string, refuse: (why: string) => UsageError): NodeSpec {
  const parts = text.split(':');
  const [type = '', uid = '', gid = '', mode = ''] = parts.slice(-4);
  const path = parts.slice(0, -4).join(':');
  if (type !== 'c' && type !== 'b') throw refuse(`the type "${type}" is neither c nor b; expected PATH:TYPE:UID:GID:MODE`);
  if (!plainPath.test(path)) throw refuse(`"${path}" is no plain absolute path`);
  if (!/^0?[0-7]{3,4}$/.test(mode)) throw refuse(`the mode "${mode}" is not octal, such as 0660`);
  return { path, type, uid: id(uid, 'owner', refuse), gid: id(gid, 'group', refuse), mode: mode.slice(-4).padStart(4, '0') };
}

/** The largest id but one, which stands for "no change" (chown(2)). */
const mostId = 2 ** 32 - 2;

function id(text: string, what: string, refuse: (why: string) => UsageError): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > mostId)
    throw refuse(`the ${what} "${text}" is no number of an id; names differ between hosts`);
  return Number(text);
}

/** As `--devices` reads it: `/dev/dri/renderD128:c:0:105:0660`. */
export function nodeText({ path, type, uid, gid, mode }: NodeSpec): string {
  return `${path}:${type}:${uid}:${gid}:${mode}`;
}
