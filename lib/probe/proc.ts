import type { Credentials } from '../model/credentials.ts';
import type { DeviceNode } from '../model/device-node.ts';
import type { Row } from './rows.ts';

/** The credentials in /proc/PID/status. A line that is not there becomes undefined, for the reader to refuse. */
export function credentials(status: readonly string[]): { [key in keyof Credentials]: Credentials[key] | undefined } {
  const values = new Map(status.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  const numbers = (key: string): number[] | undefined => values.get(key)?.split(/\s+/).filter(Boolean).map(Number);
  return {
    uids: numbers('Uid'),
    gids: numbers('Gid'),
    groups: numbers('Groups'),
    capEff: values.get('CapEff'),
    capPrm: values.get('CapPrm'),
    capBnd: values.get('CapBnd'),
    capInh: values.get('CapInh'),
    // gVisor gave nobody ambient capabilities and had no line for them (gvisor 20260224 pkg/sentry/kernel/auth/capability_set.go).
    capAmb: values.get('CapAmb') ?? '0'.repeat(16),
    // gVisor has no line of either name; the kernel shows both since 4.10.
    noNewPrivs: Number(values.get('NoNewPrivs') ?? 0),
    seccomp: Number(values.get('Seccomp') ?? 0),
  };
}

const types: Record<number, DeviceNode['type']> = { 1: 'p', 2: 'c', 4: 'd', 6: 'b', 8: 'f', 10: 'l', 12: 's' };

/** A row of stat(1): raw mode and numbers in hexadecimal, owner, name, and the name with its link target. */
export function deviceNode({
  fields: [raw = '', major = '', minor = '', uid = '', gid = '', path = '', named = ''],
}: Row): unknown {
  const mode = Number.parseInt(raw, 16);
  const type = types[mode >> 12];
  const link = `'${path}' -> '`;
  const shown = named.replace(/\n$/, '');
  return {
    path,
    type,
    uid: Number(uid),
    gid: Number(gid),
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    ...(type === 'c' || type === 'b' ? { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) } : {}),
    ...(type === 'l' && shown.startsWith(link) ? { target: shown.slice(link.length, -1) } : {}),
  };
}

/** The lines of /proc/self/mounts; blanks and such in a path are written in octal. */
export function mounts(lines: readonly string[]): Array<{ target: string; fstype: string; options: string }> {
  return lines.map((line) => {
    const [, target = '', fstype = '', options = ''] = line.split(' ');
    return {
      target: target.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      fstype,
      options,
    };
  });
}

/** /proc/partitions: two lines of heading, then `major minor blocks name`. */
export function partitions(lines: readonly string[]): Array<{ major: number; minor: number; blocks: number; name: string }> {
  return lines.slice(2).map((line) => {
    const [major, minor, blocks, name = ''] = line.trim().split(/\s+/);
    return { major: Number(major), minor: Number(minor), blocks: Number(blocks), name };
  });
}

/** The serial number of a disk by its name, which virtio disks have; null where the kernel has none. */
export function serialOf(files: ReadonlyMap<string, string[]>, name: string): string | null {
  return files.get(`/sys/class/block/${name}/serial`)?.[0]?.trim() || null;
}
