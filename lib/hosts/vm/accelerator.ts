import { access, constants } from 'node:fs/promises';
import { messageOf } from '../../util/errors.ts';
import { exec } from '../../util/exec.ts';
import type { Accelerator } from './arguments.ts';
import type { Qemu } from './qemu.ts';

export interface AcceleratorProof {
  accelerator: Accelerator;
  /** One sentence for facts, report and doctor. */
  reason: string;
}

/** How long a kernel may take to its first line under KVM; a working one needs well under a second. */
const patienceMs = 8_000;
const proofs = new Map<string, Promise<AcceleratorProof>>();

/**
 * Decides how hosts run on this machine by running a stock kernel under KVM until it prints a line.
 * A /dev/kvm that opens and creates virtual CPUs proves nothing: some hang on the first instructions. Asked once per process.
 */
export function proveAccelerator(qemu: Qemu, kernel: string, signal?: AbortSignal): Promise<AcceleratorProof> {
  const known = proofs.get(kernel);
  if (known) return known;
  const proof = prove(qemu, kernel, signal);
  proofs.set(kernel, proof);
  proof.catch(() => proofs.delete(kernel));
  return proof;
}

async function prove(qemu: Qemu, kernel: string, signal?: AbortSignal): Promise<AcceleratorProof> {
  const emulated = (why: string): AcceleratorProof => ({ accelerator: 'tcg', reason: `full emulation, as ${why}` });
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    return emulated(`/dev/kvm cannot be used by this user (${messageOf(error).split(',')[0]})`);
  }
  const machine = [
    '-nodefaults',
    '-no-user-config',
    '-no-reboot',
    '-display',
    'none',
    '-machine',
    'q35,accel=kvm',
    '-cpu',
    'host',
  ];
  // Without a root file system a working kernel panics at once, and panic=-1 with -no-reboot ends QEMU.
  const boot = ['-m', '256M', '-serial', 'stdio', '-kernel', kernel, '-append', 'console=ttyS0 earlyprintk=ttyS0 panic=-1'];
  const tried = await exec([...qemu.argv, ...machine, ...boot], { timeoutMs: patienceMs, ...(signal ? { signal } : {}) });
  signal?.throwIfAborted();
  if (tried.stdout.includes('Linux version')) return { accelerator: 'kvm', reason: 'KVM ran a stock kernel' };
  if (tried.timedOut) return emulated(`/dev/kvm opens but a stock kernel printed nothing in ${patienceMs / 1000} s under it`);
  return emulated(
    `QEMU under KVM ended before the kernel said a word: ${tried.stderr.trim().split('\n').at(-1) || tried.failure}`,
  );
}
