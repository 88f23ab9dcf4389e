import { readdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exec } from '../../util/exec.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { mayOpen, versionLine } from './tried.ts';
import { check, type Check, toolCheck } from './check.ts';

/** What was found on this machine that every kind of host takes, before anything is judged. Null: not there. */
export interface MachineFindings {
  kvm: { owner: string; mode: string; group: string; usable: boolean } | null;
  iommuGroups: number;
  /** First line of what each tool says of its version. */
  tools: Record<'mke2fs' | 'ssh', string | null>;
  cacheDirectory: string;
  cacheFreeMiB: number;
  memoryFreeMiB: number;
  artifacts: string[] | null;
}

/** What this machine itself can give to hosts. */
export async function examineMachine(): Promise<Check[]> {
  return machineChecks({
    kvm: await findKvm(),
    iommuGroups: (await readdir('/sys/kernel/iommu_groups').catch(() => [])).length,
    tools: { mke2fs: await versionLine(['mke2fs', '-V']), ssh: await versionLine(['ssh', '-V']) },
    cacheDirectory: cacheDirectory(),
    cacheFreeMiB: await freeMiB(cacheDirectory()),
    memoryFreeMiB: availableMemoryMiB(await readFile('/proc/meminfo', 'utf8').catch(() => '')),
    artifacts: await listArtifacts(),
  });
}

/** Pure part of `examineMachine`. */
export function machineChecks(found: MachineFindings): Check[] {
  const { kvm } = found;
  return [
    check(
      'kvm-device',
      '/dev/kvm of this machine',
      kvm?.usable === true,
      'warn',
      `${kvm?.owner} ${kvm?.mode} group ${kvm?.group}`,
      {
        otherwise: kvm
          ? `${kvm.owner} ${kvm.mode} group ${kvm.group}: this user may not open it`
          : 'absent: hosts run fully emulated',
        fix: kvm
          ? `${groupMayOpen(kvm) ? '' : 'sudo chgrp kvm /dev/kvm && sudo chmod 0660 /dev/kvm && '}sudo usermod -aG ${groupMayOpen(kvm) ? kvm.group : 'kvm'} "$USER", then log in again`
          : 'modprobe kvm_intel || modprobe kvm_amd; enable virtualisation in the firmware',
      },
    ),
    check('iommu', 'IOMMU groups of this machine', found.iommuGroups > 0, 'warn', `${found.iommuGroups} groups`, {
      otherwise: 'none; hosts of kind "vm" bring an emulated IOMMU, local and ssh hosts have no vfio',
      fix: 'boot with intel_iommu=on iommu=pt (AMD: amd_iommu=on) if this machine itself is to be a host',
    }),
    toolCheck('mke2fs', 'file systems of hosts and artifacts', found.tools.mke2fs, 'e2fsprogs'),
    toolCheck('ssh', 'connection to hosts', found.tools.ssh, 'openssh-client'),
    check('disk', 'room in the cache directory', found.cacheFreeMiB >= 8_000, 'missing', gibibytes(found.cacheFreeMiB), {
      otherwise: `${gibibytes(found.cacheFreeMiB)} free in ${found.cacheDirectory}; images and snapshots need 8`,
      fix: 'free some space, or set XDG_CACHE_HOME to a bigger disk',
    }),
    check('memory', 'memory for a host', found.memoryFreeMiB >= 4_000, 'missing', gibibytes(found.memoryFreeMiB), {
      otherwise: `${gibibytes(found.memoryFreeMiB)} available; a host takes 3 by default`,
      fix: 'stop something, or lower "memoryMiB" of the host in matrix.json',
    }),
    check('artifacts', 'artifacts of your own', (found.artifacts ?? []).length > 0, 'warn', (found.artifacts ?? []).join(', '), {
      otherwise: found.artifacts ? 'the directory of $PODPROOF_ARTIFACTS is empty' : '$PODPROOF_ARTIFACTS is not set',
      fix: 'export PODPROOF_ARTIFACTS=DIRECTORY with <name>-<version>/ in it, for artifacts of kind "path"',
    }),
  ];
}

/** Whether joining the group is enough, and gives nothing else away: that of root opens far more than one device. */
function groupMayOpen({ mode, group }: NonNullable<MachineFindings['kvm']>): boolean {
  return group !== 'root' && /[67].$/.test(mode);
}

async function findKvm(): Promise<MachineFindings['kvm']> {
  const found = await stat('/dev/kvm').catch(() => undefined);
  if (found === undefined) return null;
  const line = (await exec(['getent', 'group', String(found.gid)])).stdout;
  return {
    owner: `${found.uid}:${found.gid}`,
    mode: (found.mode & 0o7777).toString(8).padStart(4, '0'),
    group: line.split(':')[0] || String(found.gid),
    usable: await mayOpen('/dev/kvm'),
  };
}

async function listArtifacts(): Promise<string[] | null> {
  const directory = process.env['PODPROOF_ARTIFACTS'];
  const names: string[] = directory ? await readdir(directory).catch(() => []) : [];
  return directory ? names.toSorted() : null;
}

/** Free space where `path` is or will be. */
async function freeMiB(path: string): Promise<number> {
  const found = await statfs(path).catch(() => undefined);
  if (found !== undefined) return Math.floor((found.bavail * found.bsize) / 1024 ** 2);
  return path === dirname(path) ? 0 : freeMiB(dirname(path));
}

/** MemAvailable of /proc/meminfo; 0 when it is not there. */
export function availableMemoryMiB(meminfo: string): number {
  return Math.round(Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) / 1024);
}

function gibibytes(mebibytes: number): string {
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
}
