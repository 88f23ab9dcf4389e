import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, readdir, rm, stat, statfs } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../../util/errors.ts';
import { exec } from '../../util/exec.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { proveAccelerator } from '../vm/accelerator.ts';
import type { AcceleratorProof } from '../vm/accelerator.ts';
import { containerRuntime, hasReaper } from '../container/runtime.ts';
import { assertDisposable, examine } from '../borrowed/examine.ts';
import { buildTrouble, type BuildTrouble } from '../image/namespace.ts';
import { openPlace } from '../image/unprivileged.ts';
import { openLedger } from '../shared/ledger.ts';
import { connectRemote } from '../shared/remote.ts';
import { VmHost } from '../vm/facts.ts';
import type { Bootable } from '../vm/machine.ts';
import { findQemu, type Qemu } from '../vm/qemu.ts';

/** What was found on this machine, before anything is judged. Null: not there. */
export interface Findings {
  kvm: { owner: string; mode: string; group: string; usable: boolean } | null;
  proof: AcceleratorProof | null;
  nested: boolean | null;
  iommuGroups: number;
  vhostVsock: boolean;
  qemu: Qemu | null;
  /** First line of what each tool says of its version. */
  tools: Record<'qemu-img' | 'mmdebstrap' | 'mke2fs' | 'ssh' | 'virtiofsd', string | null>;
  /** Why this user cannot build images; null where a try went well. */
  buildTrouble: BuildTrouble | null;
  cacheDirectory: string;
  cacheFreeMiB: number;
  memoryFreeMiB: number;
  containerRuntime: { text: string; reaper: boolean } | null;
  /** Why this machine may not be a host itself; empty where its owner has given it away. */
  notDisposable: string;
  artifacts: string[] | null;
}

export async function findMachine(signal?: AbortSignal): Promise<Findings> {
  const qemu = await findQemu().catch(() => null);
  return {
    kvm: await findKvm(),
    proof: qemu === null ? null : await tryMachine(qemu, signal),
    nested: await findNested(),
    iommuGroups: (await readdir('/sys/kernel/iommu_groups').catch(() => [])).length,
    vhostVsock: await can('/dev/vhost-vsock'),
    qemu,
    tools: {
      'qemu-img': await versionLine(['qemu-img', '--version']),
      mmdebstrap: await versionLine(['mmdebstrap', '--version']),
      mke2fs: await versionLine(['mke2fs', '-V']),
      ssh: await versionLine(['ssh', '-V']),
      // Debian keeps it out of the PATH.
      virtiofsd: (await versionLine(['/usr/libexec/virtiofsd', '--version'])) ?? (await versionLine(['virtiofsd', '--version'])),
    },
    buildTrouble: await tryToBuild(),
    cacheDirectory: cacheDirectory(),
    cacheFreeMiB: await freeMiB(cacheDirectory()),
    memoryFreeMiB: availableMemoryMiB(await readFile('/proc/meminfo', 'utf8').catch(() => '')),
    containerRuntime: await findContainerRuntime(),
    notDisposable: await reasonNotDisposable(),
    artifacts: await listArtifacts(),
  };
}

/** MemAvailable of /proc/meminfo; 0 when it is not there. */
export function availableMemoryMiB(meminfo: string): number {
  return Math.round(Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) / 1024);
}

async function tryToBuild(): Promise<BuildTrouble | null> {
  const ledger = await openLedger(`doctor-${process.pid}`);
  await using place = await openPlace(randomBytes(6).toString('hex'), { ledger });
  return (await buildTrouble(place.path)) ?? null;
}

async function findKvm(): Promise<Findings['kvm']> {
  const found = await stat('/dev/kvm').catch(() => undefined);
  if (found === undefined) return null;
  const line = (await exec(['getent', 'group', String(found.gid)])).stdout;
  return {
    owner: `${found.uid}:${found.gid}`,
    mode: (found.mode & 0o7777).toString(8).padStart(4, '0'),
    group: line.split(':')[0] || String(found.gid),
    usable: await can('/dev/kvm'),
  };
}

async function findNested(): Promise<boolean | null> {
  for (const module of ['kvm_intel', 'kvm_amd']) {
    const text = await readFile(`/sys/module/${module}/parameters/nested`, 'utf8').catch(() => undefined);
    if (text !== undefined) return /^[Y1]/.test(text);
  }
  return null;
}

/** Tries the machine of a host as matrix.json describes it by default; null where there is nothing that it could boot. */
async function tryMachine(qemu: Qemu, signal = new AbortController().signal): Promise<AcceleratorProof | null> {
  const image = await someImage();
  if (image === undefined) return null;
  const logs = await mkdtemp(join(tmpdir(), 'podproof-doctor-'));
  try {
    const context = { ledger: await openLedger(`doctor-${process.pid}`), logs, signal, progress: () => undefined };
    return await proveAccelerator({ spec: VmHost.parse({ kind: 'vm', suite: 'trixie' }), qemu, image }, false, context);
  } finally {
    await rm(logs, { recursive: true, force: true });
  }
}

/** Files to boot from: of any image in the cache, else this machine's own kernel, which gets far enough with any file as its disk. */
async function someImage(): Promise<Bootable | undefined> {
  const images = join(cacheDirectory(), 'images');
  const names = await readdir(images).catch(() => []);
  const built = names.map((name) => ({
    kernel: join(images, name, 'vmlinuz'),
    initrd: join(images, name, 'initrd'),
    disk: join(images, name, 'root.ext4'),
  }));
  const kernel = `/boot/vmlinuz-${release()}`;
  for (const image of [...built, { kernel, initrd: `/boot/initrd.img-${release()}`, disk: kernel }]) {
    const readable = await Promise.all(Object.values(image).map((path) => can(path, constants.R_OK)));
    if (readable.every(Boolean)) return image;
  }
  return undefined;
}

async function findContainerRuntime(): Promise<Findings['containerRuntime']> {
  try {
    const runtime = await containerRuntime();
    const { serverVersion, operatingSystem } = runtime.client.info.containerRuntime;
    return { text: `server ${serverVersion} on ${operatingSystem}, ${runtime.daemon}`, reaper: await hasReaper(runtime) };
  } catch {
    return null;
  }
}

async function reasonNotDisposable(): Promise<string> {
  try {
    assertDisposable('this machine', true, await examine(connectRemote({ prefix: [], quoting: 'none' })));
    return '';
  } catch (error) {
    return messageOf(error).replace('Refused to use this machine: ', '');
  }
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

/** Some tools say their version on standard error. */
async function versionLine(argv: readonly string[]): Promise<string | null> {
  const { exitCode, stdout, stderr } = await exec(argv, { timeoutMs: 10_000 });
  return exitCode === 0 ? ((stdout.trim() || stderr.trim()).split('\n')[0] ?? '') : null;
}

async function can(path: string, mode = constants.R_OK | constants.W_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
