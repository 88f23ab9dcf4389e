import { dirname } from 'node:path';
import { HostLostError, messageOf } from '../../util/errors.ts';
import { scoped } from '../../util/scope.ts';
import type { VmHost } from './facts.ts';
import { proveAccelerator } from './accelerator.ts';
import { oncePerKey } from '../../util/once-per-key.ts';
import type { AcquireOptions } from '../needs.ts';
import { oncePerAttachment } from '../shared/attachment.ts';
import { assertSameBoot } from '../shared/boot.ts';
import { assertFit } from '../shared/assert-fit.ts';
import { readFacts } from '../shared/read-facts.ts';
import { spareFixtures } from '../shared/fixture-plan.ts';
import type { Host, HostKind, LeaseContext } from '../host.ts';
import { obtainImage, type Image } from '../image/build.ts';
import { recipe } from '../image/recipe.ts';
import { attachDisk } from './attach.ts';
import { assertCgroup, cgroupParameters } from './cgroup.ts';
import { examineForVm } from './doctor.ts';
import { enterHost } from './enter.ts';
import { consoleTail } from './machine.ts';
import { watchHeartbeat } from './heartbeat.ts';
import { obtainQemu, originOf, type Qemu } from './qemu.ts';
import { startHost } from './start.ts';

/** A QEMU machine of ours with an image of ours: no pod reaches a machine that somebody else uses. */
export const vmKind: HostKind<VmHost> = {
  acquire: acquireVm,
  examine: examineForVm,
  async prepare(id, spec, context, { variant }) {
    cgroupParameters(id, spec);
    const { qemu, image } = await obtainMachine(spec, variant, context);
    return `image ${image.id}, QEMU ${qemu.version} (${originOf(qemu)})`;
  },
};

/** What a machine is made of, side by side; once QEMU is there, progress says again how the image goes on. */
async function obtainMachine(
  spec: VmHost,
  variant: AcquireOptions['variant'],
  context: LeaseContext,
): Promise<{ qemu: Qemu; image: Image }> {
  let step: string | undefined;
  const building = obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), {
    ...context,
    progress: (text) => context.progress((step = text)),
  }).finally(() => (step = undefined));
  const fetching = obtainQemu(context).finally(() => step !== undefined && context.progress(step));
  const [qemu, image] = await Promise.all([fetching, building]);
  return { qemu, image };
}

/** Leases a QEMU host of `spec`: from its snapshot, or by a cold boot where a snapshot is unavailable. */
async function acquireVm(id: string, spec: VmHost, context: LeaseContext, { variant, needs }: AcquireOptions): Promise<Host> {
  const kernelParameters = [...cgroupParameters(id, spec), ...spec.kernelParameters];
  const { qemu, image } = await obtainMachine(spec, variant, context);
  const blueprint = { spec: { ...spec, kernelParameters }, qemu, image };
  const proof = await proveAccelerator(blueprint, needs.features.includes('kvm'), context);
  context.progress(`${id} runs under ${proof.accelerator} of QEMU ${qemu.version} (${originOf(qemu)}): ${proof.reason}`);
  const started = await startHost(blueprint, proof, context, (running, how, of) => enterHost(running, how, of, context));
  const {
    running,
    proof: { accelerator, reason, said },
  } = started;
  return scoped(async (scope) => {
    scope.adopt('the machine', running);
    const { ssh, remote } = scope.adopt('the ssh connection', started.entered);
    const known = {
      ...{ accelerator, acceleratorReason: reason, qemu: qemu.version, qemuOrigin: originOf(qemu) },
      ...(said === undefined ? {} : { acceleratorDetail: said }),
      ...{ ownKernel: true, disposable: true },
    };
    const [facts, missingFeatures] = await Promise.all([
      readFacts(remote, known),
      assertFit(`host ${id}`, remote, needs, spareFixtures),
    ]);
    assertCgroup(id, spec.cgroup, facts.cgroup);
    const tail = (): Promise<string> => consoleTail(running.console);
    const heartbeat = scope.adopt(
      'the heartbeat',
      watchHeartbeat({
        ask: async (signal) => (await remote.exec(['true'], { timeoutMs: 30_000, signal })).exitCode === 0,
        giveUp: () => running.child[Symbol.asyncDispose](),
      }),
    );
    return {
      ...remote,
      id,
      facts,
      fixtures: spareFixtures,
      missingFeatures,
      attach: oncePerAttachment((attachment) => attachDisk(attachment, dirname(running.disk), running.qmp, remote, context)),
      expose: oncePerKey((port: number) => ssh.forward(port)),
      consoleTail: tail,
      async assertAlive() {
        try {
          heartbeat.assertBeating();
          running.child.assertRunning();
        } catch (error) {
          throw new HostLostError(`Host ${id} is lost: ${messageOf(error)}`, await tail(), error, heartbeat.answeredMs);
        }
        await assertSameBoot(id, remote, facts.bootId, tail);
      },
    };
  });
}
