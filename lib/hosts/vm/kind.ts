import { dirname, join } from 'node:path';
import { HostLostError, messageOf } from '../../util/errors.ts';
import { Scope } from '../../util/scope.ts';
import type { VmHost } from './facts.ts';
import { proveAccelerator } from './accelerator.ts';
import { oncePerKey } from '../../util/once-per-key.ts';
import type { AcquireOptions } from '../needs.ts';
import { oncePerAttachment } from '../shared/attachment.ts';
import { assertSameBoot } from '../shared/boot.ts';
import { assertFit } from '../shared/fitness.ts';
import { readFacts } from '../shared/read-facts.ts';
import { spareFixtures } from '../shared/fixture-plan.ts';
import type { Host, HostKind, LeaseContext, Remote } from '../host.ts';
import { obtainImage } from '../image/build.ts';
import type { Image } from '../image/build.ts';
import { recipe } from '../image/recipe.ts';
import { connectRemote } from '../shared/remote.ts';
import type { Machine } from './arguments.ts';
import { attachDisk } from './attach.ts';
import { assertCgroup, cgroupParameters } from './cgroup.ts';
import { consoleTail, startMachine } from './machine.ts';
import type { RunningMachine } from './machine.ts';
import { watchPulse } from './pulse.ts';
import { obtainQemu, originOf, type Qemu } from './qemu.ts';
import { coldBoot, loadState, obtainSnapshot, settle } from './snapshot.ts';
import { NoLoginError, openSshTo, patience } from './login.ts';

/** A QEMU machine of ours with an image of ours: no pod reaches a machine that somebody else uses. */
export const vmKind: HostKind<VmHost> = {
  acquire: acquireVm,
  async prepare(id, spec, context, { variant }) {
    cgroupParameters(id, spec);
    const [qemu, image] = await Promise.all([
      obtainQemu(context),
      obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), context),
    ]);
    return `image ${image.id}, QEMU ${qemu.version} (${originOf(qemu)})`;
  },
};

/** Leases a QEMU host of `spec`: from its snapshot, or by a cold boot where a snapshot cannot be had. */
async function acquireVm(id: string, spec: VmHost, context: LeaseContext, { variant, needs }: AcquireOptions): Promise<Host> {
  const kernelParameters = [...cgroupParameters(id, spec), ...spec.kernelParameters];
  const [qemu, image] = await Promise.all([
    obtainQemu(context),
    obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), context),
  ]);
  const { accelerator, reason } = await proveAccelerator(qemu, image.kernel, context.signal);
  context.progress(`host ${id} runs under ${accelerator} of QEMU ${qemu.version} (${originOf(qemu)}): ${reason}`);
  const machine: Machine = { spec: { ...spec, kernelParameters }, accelerator };
  const scope = new Scope();
  try {
    const { running, warm } = await startWarmOrCold(machine, image, qemu, context);
    scope.adopt('the machine', running);
    const ssh = scope.adopt(
      'the ssh connection',
      await openSshTo(running, image, context, warm ? patience.warmMs : patience.coldMs),
    );
    const remote = connectRemote(ssh.connection);
    if (warm) await setClock(remote);
    else await settle(remote, context.signal);
    const known = { accelerator, acceleratorReason: reason, ownKernel: true, disposable: true };
    const [facts, lacks] = await Promise.all([
      readFacts(remote, { ...known, qemu: qemu.version, qemuOrigin: originOf(qemu) }),
      assertFit(`host ${id}`, remote, needs, spareFixtures),
    ]);
    assertCgroup(id, spec.cgroup, facts.cgroup);
    const tail = (): Promise<string> => consoleTail(running.console);
    const pulse = scope.adopt(
      'the pulse',
      watchPulse({
        ask: async (signal) => (await remote.exec(['true'], { timeoutMs: 30_000, signal })).exitCode === 0,
        giveUp: () => running.child[Symbol.asyncDispose](),
      }),
    );
    return {
      ...remote,
      id,
      facts,
      fixtures: spareFixtures,
      lacks,
      attach: oncePerAttachment((attachment) => attachDisk(attachment, dirname(running.disk), running.qmp, remote, context)),
      expose: oncePerKey((port: number) => ssh.forward(port)),
      consoleTail: tail,
      async assertAlive() {
        try {
          pulse.assertBeating();
          running.child.assertRunning();
        } catch (error) {
          throw new HostLostError(`Host ${id} is lost: ${messageOf(error)}`, await tail(), error, pulse.answeredMs);
        }
        await assertSameBoot(id, remote, facts.bootId, tail);
      },
      [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
    };
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
}

/** A restored clock stands where the snapshot was taken. */
async function setClock(remote: Remote): Promise<void> {
  const result = await remote.exec(['date', '-u', '-s', `@${Date.now() / 1000}`]);
  if (result.exitCode !== 0)
    throw new Error(`Cannot set the clock of the restored host: ${result.failure}: ${result.stderr.trim()}`);
}

async function startWarmOrCold(
  machine: Machine,
  image: Image,
  qemu: Qemu,
  context: LeaseContext,
): Promise<{ running: RunningMachine; warm: boolean }> {
  const console = join(context.logs, 'console.log');
  try {
    const snapshot = await obtainSnapshot(machine, image, qemu, context);
    const base = { file: snapshot.disk, format: 'qcow2' as const };
    const running = await startMachine({ machine, image, qemu, base, incoming: true, console }, context);
    try {
      await loadState(running, snapshot, context.signal);
      return { running, warm: true };
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof NoLoginError) throw error;
    context.progress(`no snapshot start, boot cold instead: ${messageOf(error)}`);
    return { running: await coldBoot(machine, image, qemu, console, context), warm: false };
  }
}
