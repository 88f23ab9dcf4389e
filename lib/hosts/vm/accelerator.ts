import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../util/errors.ts';
import { tailOf } from '../../util/tail.ts';
import { waitFor } from '../../util/wait.ts';
import type { LeaseContext } from '../host.ts';
import { endedIn } from '../shared/process.ts';
import type { Accelerator } from './arguments.ts';
import { startMachine, type Blueprint, type Bootable } from './machine.ts';
import type { Qmp } from './qmp.ts';
import { stoppedMachines, type Stop } from './stopped-machines.ts';

export interface AcceleratorProof {
  accelerator: Accelerator;
  /** One sentence for facts, report and doctor. */
  reason: string;
  /** What was said on the way to that, whole. */
  said?: string;
  /** Whether hosts have nested virtualization; emulation brings it along. */
  nested: boolean;
}

/** What came of the machine under KVM. */
type Trial = { works: true; nested: boolean } | { works: false; why: string; said?: string };

/** Everything of a host but what executes it. */
export type Unaccelerated = Omit<Blueprint<Bootable>, 'accelerator'>;

const trials = new Map<string, Promise<Trial>>();
const keyOf = ({ spec, qemu, image }: Unaccelerated): string => JSON.stringify([qemu.build, image.kernel, spec]);

export interface TrialOptions {
  /** Default: /dev/kvm. */
  device?: string;
  /** Milliseconds that a kernel may take to its first line under KVM; a working one needs well under a second. Default: 8 s. */
  patienceMs?: number;
  /** Whether a machine that was stopped before is tried once more. */
  afresh?: boolean;
}

/**
 * Decides how hosts run here by starting the very machine that they get, its processor, IOMMU and devices, under KVM until its
 * kernel prints a line: a /dev/kvm that opens and creates virtual CPUs proves nothing, as some hang or stop on the first instructions.
 * Tried once per process and kind of machine; one that QEMU stopped under KVM, once per boot of this machine.
 */
export async function proveAccelerator(
  host: Unaccelerated,
  wantsNested: boolean,
  context: LeaseContext,
  options: TrialOptions = {},
): Promise<AcceleratorProof> {
  const key = keyOf(host);
  const trial = trials.get(key) ?? tryKvm(host, context, options);
  trials.set(key, trial);
  trial.catch(() => trials.delete(key));
  return judge(await trial, wantsNested);
}

/** Records that a host did not come up under KVM after all, for all leases to come, and says what they get instead. */
export function refuteKvm(host: Unaccelerated, error: unknown): AcceleratorProof {
  const trial = failed('under KVM the host did not come up: ', error);
  trials.set(keyOf(host), Promise.resolve(trial));
  return judge(trial, false);
}

function judge(trial: Trial, wantsNested: boolean): AcceleratorProof {
  const emulated = { accelerator: 'tcg' as const, nested: true };
  if (!trial.works) {
    const { why, said } = trial;
    return { ...emulated, reason: `full emulation, as ${why}`, ...(said === undefined ? {} : { said }) };
  }
  if (wantsNested && !trial.nested)
    return { ...emulated, reason: 'full emulation, as KVM gives hosts no nested virtualization here, which Kata needs' };
  const nested = `${trial.nested ? 'with' : 'without'} nested virtualization`;
  return { accelerator: 'kvm', nested: trial.nested, reason: `KVM ran a stock kernel on the machine that hosts get, ${nested}` };
}

async function tryKvm(
  host: Unaccelerated,
  context: LeaseContext,
  { device = '/dev/kvm', patienceMs = 8_000, afresh = false }: TrialOptions,
): Promise<Trial> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    return { works: false, why: notOpened(device, error) };
  }
  const { signal } = context;
  const stopped = stoppedMachines(keyOf(host), device);
  if (afresh) await stopped.forget();
  const before = await stopped.find();
  if (before !== undefined) return { works: false, ...before };
  const logs = join(context.logs, 'kvm-trial');
  await mkdir(logs, { recursive: true });
  const console = join(logs, 'console.log');
  const base = { file: host.image.disk, format: 'raw' as const };
  try {
    const blueprint = { ...host, accelerator: 'kvm' as const };
    await using running = await startMachine(blueprint, { base, incoming: false, console }, { ...context, logs });
    const wait = { name: 'hear', timeoutMs: patienceMs, intervalMs: 50, signal, alive: running.child.assertRunning };
    const came = await waitFor(wait, async () => {
      if ((await readFile(console, 'latin1').catch(() => '')).includes('Linux version')) return 'spoke';
      return stoppedIn(await running.qmp.command('query-status'));
    }).catch((error: unknown) => {
      if (endedIn(error)) throw error;
      return 'silent';
    });
    signal.throwIfAborted();
    if (came === 'spoke') return { works: true, nested: await hasNested(running.qmp) };
    if (came === 'silent') return { works: false, why: `under KVM a stock kernel printed nothing in ${patienceMs / 1000} s` };
    const stop: Stop = {
      why: `under KVM a stock kernel ended in ${came}`,
      said: withoutRegisters(await tailOf(join(logs, 'qemu.log'))),
    };
    await stopped.keep(stop);
    return { works: false, ...stop };
  } catch (error) {
    signal.throwIfAborted();
    return failed('under KVM ', error);
  }
}

/** In few words, as they are the end of a line of the summary. */
function notOpened(device: string, error: unknown): string {
  const [code = ''] = messageOf(error).split(':');
  return code === 'ENOENT' ? `this machine has no ${device}` : `this user may not open ${device} (${code})`;
}

/** What QEMU said, and the instruction; of thirty lines of registers that it prints in between nobody reads one. */
function withoutRegisters(log: string): string {
  const lines = log.trim().split(/\r?\n/);
  return lines.filter((line) => line.startsWith('Code=') || !/^[A-Z][A-Z0-9]+ *=/.test(line)).join('\n');
}

const Status = z.object({ running: z.boolean().optional(), status: z.string().optional() });

/**
 * The state in which QEMU stopped a machine for good, as for an instruction that KVM cannot execute (qapi/run-state.json,
 * internal-error); undefined while it runs or is not started yet.
 */
function stoppedIn(answer: unknown): string | undefined {
  const { running, status } = Status.parse(answer);
  return running === false && status !== 'prelaunch' ? status : undefined;
}

const Expansion = z.object({ model: z.object({ props: z.record(z.string(), z.unknown()) }) });

/** Whether the guest's processor has the instructions for guests of its own: KVM offers them only where its module's `nested` is on. */
async function hasNested(qmp: Qmp): Promise<boolean> {
  const { model } = Expansion.parse(await qmp.command('query-cpu-model-expansion', { type: 'full', model: { name: 'host' } }));
  return model.props['vmx'] === true || model.props['svm'] === true;
}

/** The reason is short: what QEMU or the console said goes with it whole. */
function failed(what: string, error: unknown): Trial {
  const ended = endedIn(error);
  const [short = ''] = messageOf(error).split('; ');
  return { works: false, why: `${what}${ended?.message ?? short}`, said: ended?.said || messageOf(error) };
}
