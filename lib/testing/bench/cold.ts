import { join } from 'node:path';
import { obtainImage } from '../../hosts/image/build.ts';
import { recipe } from '../../hosts/image/recipe.ts';
import { proveAccelerator } from '../../hosts/vm/accelerator.ts';
import type { LeaseContext } from '../../hosts/host.ts';
import { enterHost } from '../../hosts/vm/enter.ts';
import type { Blueprint } from '../../hosts/vm/machine.ts';
import { obtainQemu } from '../../hosts/vm/qemu.ts';
import { coldBoot } from '../../hosts/vm/snapshot.ts';
import { leaseContext } from '../e2e/lease.ts';

/** Boots the host of the benchmark from its image, without a snapshot, until it is settled; then releases it. */
export async function coldHost(logs: string): Promise<void> {
  const context = await leaseContext('bench', logs);
  const image = await obtainImage(recipe('trixie', 'plain', false), context);
  const host = { spec: { memoryMiB: 3072, cpus: 2, kernelParameters: [] }, image, qemu: await obtainQemu(context) };
  const { accelerator } = await proveAccelerator(host, false, context);
  await bootCold({ ...host, accelerator }, context);
}

export async function bootCold(blueprint: Blueprint, context: LeaseContext): Promise<void> {
  await using running = await coldBoot(blueprint, join(context.logs, 'console.log'), context);
  await using _ = await enterHost(running, 'cold', blueprint, context);
}
