import type { DeviceNode } from '../../model/device-node.ts';
import type { GuestReport } from '../../model/guest-report.ts';
import { ofLaunch, podReading, type Reading } from '../reading.ts';
import { entryAt } from './node.ts';

/** The default devices of the OCI runtime specification (runtime-spec v1.2 config-linux.md, Default Devices), with their numbers. */
const defaultNodes: Record<string, string> = {
  '/dev/null': 'c 1:3 0666',
  '/dev/zero': 'c 1:5 0666',
  '/dev/full': 'c 1:7 0666',
  '/dev/random': 'c 1:8 0666',
  '/dev/urandom': 'c 1:9 0666',
  '/dev/tty': 'c 5:0 0666',
};

/** Links of the specification (runtime-linux.md, Dev symbolic links) and of the runtimes, and directories that engines mount. */
const defaultLinks = ['/dev/fd', '/dev/stdin', '/dev/stdout', '/dev/stderr', '/dev/ptmx', '/dev/core', '/dev/kcore'];
const defaultDirectories = ['/dev/pts', '/dev/shm', '/dev/mqueue'];

/** Whatever the engine asks for, gVisor's sentry registers these itself (pkg/sentry/devices/tundev, pkg/sentry/fsimpl/fuse/register.go). */
const sentryEntries = ['c /dev/fuse', 'c /dev/net/tun', 'd /dev/net'];

/** What /dev holds: the default nodes and links and nothing else; these and the sentry's own; or, named, what is wrong with it. */
export function devDirectory(): Reading<'default' | 'default and sentry'> {
  return podReading(['default', 'default and sentry'], ({ dev }) => {
    const wrong = Object.entries(defaultNodes).flatMap(([path, wanted]) => {
      const seen = entryAt(dev, path);
      const text = seen === undefined ? 'absent' : `${seen.type} ${seen.major}:${seen.minor} ${seen.mode}`;
      return text === wanted ? [] : [`${path} is ${text}`];
    });
    const surplus = dev.filter((entry) => !isDefault(entry));
    const sentrys =
      surplus
        .map(({ type, path }) => `${type} ${path}`)
        .sort()
        .join() === sentryEntries.join();
    if (wrong.length === 0 && (surplus.length === 0 || sentrys)) {
      return {
        word: sentrys ? 'default and sentry' : 'default',
        text: `the default /dev${sentrys ? ', /dev/net/tun and /dev/fuse' : ''}`,
      };
    }
    const extra = surplus.map(({ path }) => `${path} is there`);
    return { word: 'other', text: few([...wrong, ...extra]) };
  });
}

function isDefault(entry: DeviceNode): boolean {
  if (entry.path in defaultNodes) return true;
  return (entry.type === 'l' ? defaultLinks : entry.type === 'd' ? defaultDirectories : []).includes(entry.path);
}

/**
 * What engines leave out when they pass the host's devices (containerd v1.7.24 oci/utils_unix.go HostDevices): these directories,
 * the file console; and /dev/ptmx, which every runtime makes a link into its own devpts.
 */
const left = /^\/dev\/(pts|shm|fd|mqueue|\.lxc|\.lxd-mounts|\.udev)(\/|$)|^\/dev\/(console|ptmx)$/;

/**
 * How the device nodes of the host are in the container, those that the pod asked for itself apart: all with their type, numbers,
 * owner and mode; or with the mode 0666 in place of a narrower one; or so, with /dev/null given to the pod's user. Who owns
 * /dev/null otherwise depends on which pod was last entered: a question of its own.
 */
export function hostDevices(): Reading<'unchanged' | 'opened' | 'opened, and null given away'> {
  return podReading(['unchanged', 'opened', 'opened, and null given away'], ({ dev }, host, { observation: { request } }) => {
    const requested = new Set(request.devices.map((device) => device.containerPath));
    const nodes = host.dev.filter((node) => !requested.has(node.path) && !left.test(node.path) && /^[bc]$/.test(node.type));
    const users = `${request.runAsUser}:${request.runAsGroup}`;
    const kinds = new Set<string>();
    const lines = nodes.flatMap((entry) => {
      const found = entryAt(dev, entry.path);
      const kind = found === undefined ? 'absent' : kindOf(found, entry, users);
      kinds.add(kind === 'unchanged' && entry.mode !== '0666' ? 'kept' : kind);
      return kind === 'unchanged'
        ? []
        : [`${entry.path} is ${found === undefined ? 'absent' : stat(found)}, on the host ${stat(entry)}`];
    });
    const opened = ['opened', 'given away'].filter((kind) => kinds.has(kind)).join(', ');
    const word = [...kinds].some((kind) => kind === 'absent' || kind === 'changed')
      ? 'changed'
      : kinds.has('kept') && kinds.has('opened')
        ? 'opened in part'
        : // Given away alone it is crun's doing in any pod, as the docstring says.
          ({ '': 'unchanged', 'given away': 'unchanged', opened: 'opened', 'opened, given away': 'opened, and null given away' }[
            opened
          ] ?? opened);
    return nodes.length === 0
      ? { word: 'unseen', text: 'the host showed no device nodes' }
      : { word, text: lines.length === 0 ? `all ${nodes.length} device nodes of the host, unchanged` : few(lines) };
  });
}

function kindOf(found: DeviceNode, entry: DeviceNode, users: string): 'unchanged' | 'opened' | 'given away' | 'changed' {
  if (!isSameDevice(found, entry)) return 'changed';
  const isNull = entry.path === '/dev/null';
  if (isNull && owner(found) === users && users !== owner(entry)) return found.mode === '0666' ? 'given away' : 'changed';
  if (!isNull && !isSameOwner(found, entry)) return 'changed';
  return found.mode === entry.mode ? 'unchanged' : found.mode === '0666' ? 'opened' : 'changed';
}

/** How the pod differs from the same one under runc: not at all, by the link /dev/core, or, named, by more. */
export function contrast(): Reading<'same' | 'core link'> {
  return ofLaunch(['same', 'core link'], ({ contrast, observation, cell }) => {
    const { guest, outcome } = observation;
    if (outcome.kind !== 'ran' || contrast?.guest === undefined || guest === undefined) return undefined;
    const lines = differences(guest, contrast.guest);
    const word = lines.length === 0 ? 'same' : lines.join() === 'only here: /dev/core -> /proc/kcore' ? 'core link' : 'more';
    return { word, text: lines.length === 0 ? `${cell.runtime.name} and runc show the same` : few(lines) };
  });
}

function differences(guest: GuestReport, contrast: GuestReport): string[] {
  const link = ({ target }: DeviceNode): string => (target === undefined ? '' : ` -> ${target}`);
  const here = guest.dev.flatMap((entry) => {
    const other = entryAt(contrast.dev, entry.path);
    if (other === undefined) return [`only here: ${entry.path}${link(entry)}`];
    const isSame = isSameDevice(entry, other) && isSameOwner(entry, other) && entry.mode === other.mode;
    return isSame ? [] : [`${entry.path}: ${stat(entry)} here, ${stat(other)} with runc`];
  });
  const there = contrast.dev.flatMap((entry) =>
    entryAt(guest.dev, entry.path) === undefined ? [`only with runc: ${entry.path}${link(entry)}`] : [],
  );
  const opens = guest.opens.flatMap(({ path, access, error }) => {
    const other = contrast.opens.find((candidate) => candidate.path === path && candidate.access === access);
    if (other === undefined || other.error === error) return [];
    return [`${access} of ${path}: ${error ?? 'works'} here, ${other.error ?? 'works'} with runc`];
  });
  return [...here, ...there, ...opens];
}

// Whole /dev are compared, node by node: by their values, without a text for each.
function isSameDevice(a: DeviceNode, b: DeviceNode): boolean {
  return a.type === b.type && a.major === b.major && a.minor === b.minor;
}

function isSameOwner(a: DeviceNode, b: DeviceNode): boolean {
  return a.uid === b.uid && a.gid === b.gid;
}

function numbers({ type, major, minor }: DeviceNode): string {
  return `${type} ${major}:${minor}`;
}

function owner({ uid, gid }: DeviceNode): string {
  return `${uid}:${gid}`;
}

function stat(entry: DeviceNode): string {
  return `${numbers(entry)} ${owner(entry)} ${entry.mode}`;
}

/** A privileged pod has some 150 nodes: readers see the first few. */
function few(lines: readonly string[]): string {
  return lines.length > 8 ? `${lines.slice(0, 8).join('; ')}; and ${lines.length - 8} more` : lines.join('; ');
}
