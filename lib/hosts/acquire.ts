import { mkdir } from 'node:fs/promises';
import type { HostSpec } from '../model/matrix/matrix.ts';
import { BlockedError, messageOf } from '../util/errors.ts';
import { acquireContainer } from './container/container.ts';
import type { Host, LeaseContext } from './host.ts';
import { acquireLocal } from './local/local.ts';
import type { AcquireOptions } from './needs.ts';
import { acquireSsh } from './ssh/ssh.ts';
import { acquireVm } from './vm/vm.ts';

/** One line per kind of host. */
function acquireKind(id: string, spec: HostSpec, context: LeaseContext, options: AcquireOptions): Promise<Host> {
  switch (spec.kind) {
    case 'vm':
      return acquireVm(id, spec, context, options);
    case 'container':
      return acquireContainer(id, spec, context, options);
    case 'ssh':
      return acquireSsh(id, spec, context, options);
    case 'local':
      return acquireLocal(id, spec, context, options);
  }
}

/** Leases the host `id` of the matrix. Throws BlockedError when it cannot be had. */
export async function acquireHost(id: string, spec: HostSpec, context: LeaseContext, options: AcquireOptions): Promise<Host> {
  await mkdir(context.logs, { recursive: true });
  try {
    return await acquireKind(id, spec, context, options);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof BlockedError) throw error;
    const remedy = `read the logs in ${context.logs}, and see podproof doctor`;
    throw new BlockedError(`Cannot bring up host ${id}: ${messageOf(error)}`, { remedy, cause: error });
  }
}
