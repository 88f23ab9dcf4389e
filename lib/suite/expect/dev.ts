import type { DeviceNode, GuestReport } from '../../model/observation.ts';
import type { Expectation, Finding } from '../rule.ts';
import { containerPath, type NodeReference } from './node.ts';
import { ran } from './outcome.ts';

/** The default devices of the OCI runtime specification (runtime-spec v1.2 config-linux.md, Default Devices), with their numbers. */
const defaultNodes: Record<string, string> = {
  '/dev/null': 'c 1:3',
  '/dev/zero': 'c 1:5',
  '/dev/full': 'c 1:7',
  '/dev/random': 'c 1:8',
  '/dev/urandom': 'c 1:9',
  '/dev/tty': 'c 5:0',
};

/** Links of the specification (runtime-linux.md, Dev symbolic links) and of the runtimes, and directories that engines mount. */
const defaultLinks = ['/dev/fd', '/dev/stdin', '/dev/stdout', '/dev/stderr', '/dev/ptmx', '/dev/core', '/dev/kcore'];
const defaultDirectories = ['/dev/pts', '/dev/shm', '/dev/mqueue'];

/** /dev holds the default nodes and links, and besides these only what the pod asked for. */
export function defaultDev(...requested: NodeReference[]): Expectation {
  return ran((guest, evidence) => {
    const extra = requested.map((reference) => containerPath(reference, evidence));
    const wrong = Object.entries(defaultNodes).flatMap(([path, wanted]) => {
      const seen = guest.dev.find((entry) => entry.path === path);
      const text = seen === undefined ? 'absent' : `${seen.type} ${seen.major}:${seen.minor} ${seen.mode}`;
      return text === `${wanted} 0666` ? [] : [`${path} ${text}`];
    });
    const surplus = guest.dev
      .filter((entry) => !isDefault(entry) && !extra.some((path) => entry.path === path || path.startsWith(`${entry.path}/`)))
      .map((entry) => entry.path);
    return [
      {
        ok: wrong.length === 0,
        expected: 'the six default nodes with mode 0666',
        ...list(wrong, 'the six default nodes with mode 0666'),
      },
      { ok: surplus.length === 0, expected: 'nothing else in /dev', ...list(surplus, 'nothing else in /dev') },
    ];
  });
}

function isDefault(entry: DeviceNode): boolean {
  return entry.path in defaultNodes || (entry.type === 'l' ? defaultLinks : defaultDirectories).includes(entry.path);
}

/**
 * What engines leave out when they pass the host's devices (containerd v1.7.24 oci/utils_unix.go HostDevices): these directories,
 * the file console; and /dev/ptmx, which every runtime makes a link into its own devpts.
 */
const withheld = /^\/dev\/(pts|shm|fd|mqueue|\.lxc|\.lxd-mounts|\.udev)(\/|$)|^\/dev\/(console|ptmx)$/;

/**
 * Every device node of the host is in the container with the same type, numbers, owner and mode; requested ones may differ. Who owns
 * /dev/null, here and there, depends on which pod was last entered where the runtime gives its standard streams away: a rule of its own.
 */
export function hostDevices(): Expectation {
  return ran((guest, { host, observation }) => {
    const requested = new Set(observation.request.devices.map((device) => device.containerPath));
    const nodes = host.dev.filter((entry) => (entry.type === 'c' || entry.type === 'b') && !withheld.test(entry.path));
    const seen = new Map(guest.dev.map((entry) => [entry.path, entry]));
    const wrong = nodes
      .filter((entry) => !requested.has(entry.path))
      .flatMap((entry) => {
        const found = seen.get(entry.path);
        if (found === undefined) return [`${entry.path} is absent`];
        return sameNode(found, entry) && (entry.path === '/dev/null' || sameOwner(found, entry))
          ? []
          : [`${entry.path} is ${stat(found)}, on the host ${stat(entry)}`];
      });
    const all = `all ${nodes.length} device nodes of the host, unchanged`;
    return [{ ok: nodes.length > 0 && wrong.length === 0, expected: all, ...list(wrong, all) }];
  });
}

function sameNode(a: DeviceNode, b: DeviceNode): boolean {
  return a.type === b.type && a.major === b.major && a.minor === b.minor && a.mode === b.mode;
}

function sameOwner(a: DeviceNode, b: DeviceNode): boolean {
  return a.uid === b.uid && a.gid === b.gid;
}

function stat(entry: DeviceNode): string {
  return `${entry.type} ${entry.major}:${entry.minor} ${entry.uid}:${entry.gid} ${entry.mode}`;
}

/** No block device of the host can be seen by other ways than /dev. */
export function sameAsNative(): Expectation {
  return (evidence) => {
    const { native, cell } = evidence;
    if (native?.guest === undefined) return [];
    const theirs = native.guest;
    return ran((guest) => [
      {
        ok: true,
        expected: `what differs from runc is listed`,
        observed: differences(guest, theirs) || `${cell.runtime.name} and runc show the same`,
      },
    ])(evidence);
  };
}

function differences(guest: GuestReport, native: GuestReport): string {
  const mine = new Map(guest.dev.map((entry) => [entry.path, entry]));
  const theirs = new Map(native.dev.map((entry) => [entry.path, entry]));
  const lines: string[] = [];
  for (const [path, entry] of mine) {
    const other = theirs.get(path);
    if (other === undefined) lines.push(`only here: ${path}${entry.target === undefined ? '' : ` -> ${entry.target}`}`);
    else if (stat(entry) !== stat(other)) lines.push(`${path}: ${stat(entry)} here, ${stat(other)} with runc`);
  }
  for (const [path, entry] of theirs) {
    if (!mine.has(path)) lines.push(`only with runc: ${path}${entry.target === undefined ? '' : ` -> ${entry.target}`}`);
  }
  for (const attempt of guest.opens) {
    const other = native.opens.find((candidate) => candidate.path === attempt.path && candidate.access === attempt.access);
    if (other !== undefined && other.error !== attempt.error) {
      lines.push(`${attempt.access} of ${attempt.path}: ${attempt.error ?? 'works'} here, ${other.error ?? 'works'} with runc`);
    }
  }
  return lines.join('; ');
}

/** A privileged pod has some 150 nodes: readers see the first few, known issues are held against all. */
function list(items: string[], none: string): Pick<Finding, 'observed' | 'whole'> {
  const whole = items.join('; ') || none;
  return items.length > 8
    ? { observed: `${items.slice(0, 8).join('; ')}; and ${items.length - 8} more`, whole }
    : { observed: whole };
}
