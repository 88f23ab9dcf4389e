import { GuestReport } from '../model/guest-report.ts';
import { errnoOf } from './errno.ts';
import { credentials, deviceNode, mounts, partitions, serialOf } from './proc.ts';
import { filesOf, firstIssue, parseRows, valuesOf, type Row } from './rows.ts';

/** The probe's output as facts. Throws an Error of one sentence that names the place; the output is untrusted. */
export function parseGuest(output: string, pod: string): GuestReport {
  const rows = parseRows(output, `the probe of pod ${pod}`);
  const files = filesOf(rows);
  const self = credentials(files.get('/proc/self/status') ?? []);
  const mounted = mounts(files.get('/proc/self/mounts') ?? []);
  const of = (kind: string): Row['fields'][] => rows.filter((row) => row.kind === kind).map(({ fields }) => fields);
  const report = GuestReport.safeParse({
    id: idLine(self.uids?.[1], self.gids?.[1], self.groups ?? []),
    credentials: self,
    kernel: valuesOf(rows, 'kernel')[0],
    bootId: (files.get('/proc/sys/kernel/random/boot_id') ?? [])[0] ?? '',
    cmdline: (files.get('/proc/cmdline') ?? [])[0] ?? '',
    dev: rows.filter(({ kind }) => kind === 'dev').map(deviceNode),
    opens: of('open').map(([access, path, failure = '']) => ({ path, access, error: errnoOf(failure) })),
    partitions: partitions(files.get('/proc/partitions') ?? []),
    block: valuesOf(rows, 'block'),
    net: valuesOf(rows, 'net'),
    pci: pciFunctions(files, valuesOf(rows, 'driver')),
    mounts: mounted,
    uidMap: files.get('/proc/self/uid_map')?.map((line) => line.trim().split(/\s+/).join(' ')),
    appArmor: files.get('/proc/self/attr/apparmor/current')?.[0],
    cgroup: cgroupVersion(mounted.map(({ fstype }) => fstype)),
    canaries: of('canary').map(([path, failure = '', content]) => ({ path, content: content ?? null, error: errnoOf(failure) })),
    writable: of('writable').map(([path, failure = '']) => ({ path, error: errnoOf(failure) })),
    disks: rows.some(({ kind }) => kind === 'disks')
      ? of('disk').map(([name = '', failure = '', content]) => ({
          name,
          serial: serialOf(files, name),
          content: failure === '' ? (content ?? '') : null,
          error: errnoOf(failure),
        }))
      : undefined,
    processes: Number(valuesOf(rows, 'processes')[0]),
    commands: commands(files),
  });
  if (!report.success) throw new Error(`Cannot read the probe of pod ${pod}: ${firstIssue(report.error)}`);
  return report.data;
}

/** As id(1) prints it without names: the group of the process comes first and is not said twice. */
function idLine(uid: number | undefined, gid: number | undefined, groups: readonly number[]): string {
  return `uid=${uid} gid=${gid} groups=${[...new Set([gid, ...groups])].join(',')}`;
}

/** The names of all processes that /proc shows. */
function commands(files: ReadonlyMap<string, string[]>): string[] {
  return [...files].flatMap(([path, [name]]) => (/^\/proc\/\d+\/comm$/.test(path) && name !== undefined ? [name] : [])).sort();
}

function pciFunctions(files: ReadonlyMap<string, string[]>, driverLinks: readonly string[]): Array<Record<string, unknown>> {
  const drivers = new Map(driverLinks.map((link) => [link.split('/').at(-1), link.split('/').at(-2)]));
  return [...files.keys()].flatMap((path) => {
    const address = /^\/sys\/bus\/pci\/devices\/([^/]+)\/vendor$/.exec(path)?.[1];
    if (address === undefined) return [];
    const [vendor, device] = ['vendor', 'device'].map((file) => files.get(`/sys/bus/pci/devices/${address}/${file}`)?.[0] ?? '');
    return [{ address, vendor, device, driver: drivers.get(address) ?? null }];
  });
}

function cgroupVersion(fstypes: readonly string[]): GuestReport['cgroup'] {
  const [v1, v2] = [fstypes.includes('cgroup'), fstypes.includes('cgroup2')];
  if (v1 && v2) return 'hybrid';
  if (v2) return 'v2';
  return v1 ? 'v1' : 'none';
}
