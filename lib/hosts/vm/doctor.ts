import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareVersions } from '../../model/version.ts';
import { cacheDirectory } from '../../util/paths.ts';
import { mayOpen, versionLine } from '../doctor/tried.ts';
import { check, type Check, toolCheck } from '../doctor/check.ts';
import { buildTrouble, type BuildTrouble } from '../image/namespace.ts';
import { openBuildDirectory } from '../image/unprivileged.ts';
import { openLedger } from '../shared/ledger.ts';
import { type AcceleratorProof, proveAccelerator } from './accelerator.ts';
import { qemu as qemuFacts, VmHost } from './facts.ts';
import type { Bootable } from './machine.ts';
import { findQemu, type Qemu } from './qemu.ts';

/** What was found on this machine for VM hosts, before anything is judged. Null: not there. */
export interface VmFindings {
  proof: AcceleratorProof | null;
  nested: boolean | null;
  qemu: Qemu | null;
  /** First line of what each tool says of its version. */
  tools: Record<'qemu-img' | 'mmdebstrap', string | null>;
  /** Why this user cannot build images; null where a try went well. */
  buildTrouble: BuildTrouble | null;
}

/** What VM hosts take of this machine. Takes up to 10 s where /dev/kvm hangs. */
export async function examineForVm(signal?: AbortSignal): Promise<Check[]> {
  const qemu = await findQemu().catch(() => null);
  return vmChecks({
    proof: qemu === null ? null : await tryMachine(qemu, signal),
    nested: await findNested(),
    qemu,
    tools: {
      'qemu-img': await versionLine(['qemu-img', '--version']),
      mmdebstrap: await versionLine(['mmdebstrap', '--version']),
    },
    buildTrouble: await tryToBuild(),
  });
}

/** Pure part of `examineForVm`. */
export function vmChecks(found: VmFindings): Check[] {
  const { proof, qemu } = found;
  // A guest that was asked knows better than the module's parameter.
  const nested = proof?.accelerator === 'kvm' ? proof.nested : found.nested;
  return [
    check('kvm-works', 'the machine of a host runs under KVM', proof?.accelerator === 'kvm', 'warn', proof?.reason ?? '', {
      otherwise: proof?.reason ?? 'not proven, as there is no host image yet',
      ...(proof?.said === undefined ? {} : { detail: proof.said }),
      fix: proof
        ? 'nothing to do for correct results: hosts are emulated, with Kata nested; for speed, use a machine with working KVM'
        : 'podproof fetch --profile quick, or run it',
    }),
    check('kvm-nested', 'nested virtualisation', nested === true, 'warn', 'enabled', {
      otherwise: nested === null ? 'no kvm module is loaded here' : 'disabled: under KVM, hosts would have no /dev/kvm for Kata',
      fix: "echo 'options kvm_intel nested=1' | sudo tee /etc/modprobe.d/kvm-nested.conf (AMD: kvm_amd), then reload the module",
    }),
    check('qemu', 'QEMU for hosts of kind "vm"', qemu !== null && !isAncient(qemu), 'missing', qemu ? qemuText(qemu) : '', {
      otherwise: qemu
        ? `${qemuText(qemu)}, is older than ${qemuFacts.oldest}, which was never tried`
        : 'qemu-system-x86_64 is not in the PATH',
      fix: 'apt install qemu-system-x86 qemu-utils',
    }),
    check(
      'qemu-reliable',
      'reliability of emulated hosts',
      qemu !== null && qemu.shortcoming === undefined,
      'warn',
      `QEMU ${qemuFacts.reliableSince} or newer`,
      {
        otherwise: qemu ? `before QEMU ${qemuFacts.reliableSince} a host is lost now and then; ${qemu.shortcoming}` : 'no QEMU',
        fix: 'nothing to do for correct results: a lost host is brought back; with a network, podproof fetch gets a newer QEMU where Debian has one',
      },
    ),
    toolCheck('qemu-img', 'disk overlays', found.tools['qemu-img'], 'qemu-utils'),
    toolCheck('mmdebstrap', 'host images', found.tools.mmdebstrap, 'mmdebstrap debian-archive-keyring'),
    check('image-build', 'host images can be built by this user', found.buildTrouble === null, 'missing', 'yes, tried', {
      otherwise: `no: ${found.buildTrouble?.reason}`,
      fix: found.buildTrouble?.remedy ?? '',
    }),
  ];
}

function isAncient({ version }: Qemu): boolean {
  return compareVersions(version, qemuFacts.oldest) < 0;
}

function qemuText({ version, origin }: Qemu): string {
  return `${version}, ${origin === 'installed' ? origin : `of ${origin}, unpacked in the cache`}`;
}

async function tryToBuild(): Promise<BuildTrouble | null> {
  const ledger = await openLedger(`doctor-${process.pid}`);
  await using directory = await openBuildDirectory(randomBytes(6).toString('hex'), { ledger });
  return (await buildTrouble(directory.path)) ?? null;
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
    const host = { spec: VmHost.parse({ kind: 'vm', suite: 'trixie' }), qemu, image };
    return await proveAccelerator(host, false, context, { afresh: true });
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
    const readable = await Promise.all(Object.values(image).map((path) => mayOpen(path, constants.R_OK)));
    if (readable.every(Boolean)) return image;
  }
  return undefined;
}
