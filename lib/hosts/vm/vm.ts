import { dirname, join } from 'node:path';
import { BlockedError, HostLostError, messageOf } from '../../util/errors.ts';
import { exec } from '../../util/exec.ts';
import { Scope } from '../../util/scope.ts';
import type { VmHost } from '../../model/matrix/matrix.ts';
import { proveAccelerator } from './accelerator.ts';
import { oncePerKey } from '../../util/once-per-key.ts';
import type { AcquireOptions } from '../needs.ts';
import { oncePerAttachment } from '../shared/attachment.ts';
import { assertSameBoot } from '../shared/boot.ts';
import { assertFit } from '../shared/fitness.ts';
import { readFacts } from '../shared/facts.ts';
import { spareFixtures } from '../shared/fixture-plan.ts';
import type { Host, LeaseContext, Remote } from '../host.ts';
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
import { coldBoot, loadState, obtainSnapshot, settle } from './snapshot.ts';
import { NoLoginError, openSshTo, patience } from './login.ts';

const qemuCommand = 'qemu-system-x86_64';

/** Leases a QEMU host of `spec`: from its snapshot, or by a cold boot where a snapshot cannot be had. */
export async function acquireVm(
  id: string,
  spec: VmHost,
  context: LeaseContext,
  { variant, needs }: AcquireOptions,
): Promise<Host> {
  const kernelParameters = [...cgroupParameters(id, spec), ...spec.kernelParameters];
  const version = await qemuVersion();
  const image = await obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), context);
  const { accelerator, reason } = await proveAccelerator(image.kernel, context.signal);
  context.progress(`host ${id} runs under ${accelerator}: ${reason}`);
  const machine: Machine = { spec: { ...spec, kernelParameters }, accelerator };
  const scope = new Scope();
  try {
    const { running, warm } = await startWarmOrCold(machine, image, version, context);
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
      readFacts(remote, { ...known, qemu: /version (\S+)/.exec(version)?.[1] ?? version }),
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

/** QEMU's own first line: a snapshot belongs to exactly this build. */
async function qemuVersion(): Promise<string> {
  const { exitCode, stdout, failure } = await exec([qemuCommand, '--version']);
  if (exitCode === 0) return stdout.split('\n')[0] ?? '';
  throw new BlockedError(`Cannot run ${qemuCommand}: ${failure.split('\n')[0]}`, {
    remedy: 'apt install qemu-system-x86 qemu-utils',
  });
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
  qemu: string,
  context: LeaseContext,
): Promise<{ running: RunningMachine; warm: boolean }> {
  const console = join(context.logs, 'console.log');
  try {
    const snapshot = await obtainSnapshot(machine, image, qemu, context);
    const base = { file: snapshot.disk, format: 'qcow2' as const };
    const running = await startMachine({ machine, image, base, incoming: true, console }, context);
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
    return { running: await coldBoot(machine, image, console, context), warm: false };
  }
}
