import { mkdir } from 'node:fs/promises';
import type { HostSpec, VmHost } from '../matrix/model.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import type { Host, LeaseContext } from './host.ts';
import type { Variant } from './image/recipe.ts';
import { acquireVm } from './vm/vm.ts';

export interface AcquireOptions {
  /** What the image of a host that we build must hold: `kata` for cells with a Kata runtime. */
  variant: Variant;
}

type Driver<S extends HostSpec> = (id: string, spec: S, context: LeaseContext, options: AcquireOptions) => Promise<Host>;

/** One entry per kind of host; a new kind is one file and one line here. */
const drivers: { vm: Driver<VmHost> } = {
  vm: (id, spec, context, { variant }) => acquireVm(id, spec, context, variant),
};

/** Leases the host `id` of the matrix. Throws BlockedError when it cannot be had. */
export async function acquireHost(id: string, spec: HostSpec, context: LeaseContext, options: AcquireOptions): Promise<Host> {
  if (spec.kind !== 'vm')
    throw new BlockedError(`Host ${id} is of kind ${spec.kind}, for which this version of podproof has no driver`, {
      remedy: 'use a host of kind "vm"',
    });
  await mkdir(context.logs, { recursive: true });
  try {
    return await drivers[spec.kind](id, spec, context, options);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof BlockedError) throw error;
    const remedy = `read the logs in ${context.logs}, and see podproof doctor`;
    throw new BlockedError(`Cannot bring up host ${id}: ${messageOf(error)}`, { remedy, cause: error });
  }
}
