import { join } from 'node:path';
import { BlockedError, messageOf } from '../../util/errors.ts';
import type { LeaseContext } from '../host.ts';
import { refuteKvm, type AcceleratorProof } from './accelerator.ts';
import type { Enter } from './enter.ts';
import { NoLoginError } from './login.ts';
import { endingOnError, type Blueprint, type RunningMachine } from './machine.ts';
import { coldBoot, startFromSnapshot } from './snapshot.ts';

export interface Started<T> {
  running: RunningMachine;
  entered: T;
  proof: AcceleratorProof;
}

/**
 * Starts a host and enters it: from its snapshot, else cold, and where it does not come up so under KVM, the same under full
 * emulation. Throws what was wrong with the last try.
 */
export async function startHost<T extends AsyncDisposable>(
  host: Omit<Blueprint, 'accelerator'>,
  proof: AcceleratorProof,
  context: LeaseContext,
  enter: Enter<T>,
): Promise<Started<T>> {
  try {
    return { ...(await startWarmOrCold({ ...host, accelerator: proof.accelerator }, context, enter)), proof };
  } catch (error) {
    context.signal.throwIfAborted();
    // A disk that is full is so under emulation too.
    if (proof.accelerator !== 'kvm' || error instanceof BlockedError) throw error;
    const refuted = refuteKvm(host, error);
    context.progress(`start the host once more: ${refuted.reason}`);
    return { ...(await startWarmOrCold({ ...host, accelerator: 'tcg' }, context, enter)), proof: refuted };
  }
}

async function startWarmOrCold<T extends AsyncDisposable>(
  blueprint: Blueprint,
  context: LeaseContext,
  enter: Enter<T>,
): Promise<Omit<Started<T>, 'proof'>> {
  try {
    const running = await startFromSnapshot(blueprint, context, enter);
    return await endingOnError(running, async () => ({ running, entered: await enter(running, 'warm', blueprint) }));
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof NoLoginError || error instanceof BlockedError) throw error;
    context.progress(`no snapshot start, boot cold instead: ${messageOf(error)}`);
    const running = await coldBoot(blueprint, join(context.logs, 'console.log'), context);
    return endingOnError(running, async () => ({ running, entered: await enter(running, 'cold', blueprint) }));
  }
}
