import { mkdir } from 'node:fs/promises';
import { BlockedError, messageOf } from '../util/errors.ts';
import type { Check } from './doctor/check.ts';
import { examineMachine } from './doctor/machine.ts';
import type { HostKindName, HostSpec, SpecOf } from './facts.ts';
import type { Host, HostKind, LeaseContext } from './host.ts';
import type { AcquireOptions } from './needs.ts';

/** Loaded when one is leased: each brings packages that no other needs. */
const kinds: { [Kind in HostKindName]: () => Promise<HostKind<SpecOf<Kind>>> } = {
  vm: async () => (await import('./vm/kind.ts')).vmKind,
  container: async () => (await import('./container/kind.ts')).containerKind,
  ssh: async () => (await import('./ssh/kind.ts')).sshKind,
  local: async () => (await import('./local/kind.ts')).localKind,
};

function kindOf({ kind }: HostSpec): Promise<HostKind> {
  return kinds[kind]();
}

/** What this machine can run, kind by kind, and the fix for each gap. */
export async function examineThisMachine(signal?: AbortSignal): Promise<Check[]> {
  const checks = await examineMachine();
  for (const load of Object.values(kinds)) checks.push(...((await (await load()).examine?.(signal)) ?? []));
  return checks;
}

/** Leases the host `id` of the matrix. Throws BlockedError when it is unavailable. */
export async function acquireHost(id: string, spec: HostSpec, context: LeaseContext, options: AcquireOptions): Promise<Host> {
  await mkdir(context.logs, { recursive: true });
  try {
    return await (await kindOf(spec)).acquire(id, spec, context, options);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof BlockedError) throw error;
    const remedy = `read the logs in ${context.logs}, and see podproof doctor`;
    throw new BlockedError(`Cannot bring up host ${id}: ${messageOf(error)}`, { remedy, cause: error });
  }
}

/** Pre-builds in the cache what a lease of this host needs, and says what that is. Throws BlockedError. */
export async function prepareHost(
  id: string,
  spec: HostSpec,
  context: LeaseContext,
  options: Pick<AcquireOptions, 'variant'>,
): Promise<string> {
  return (await (await kindOf(spec)).prepare?.(id, spec, context, options)) ?? `a ${spec.kind} host is used as it is`;
}
