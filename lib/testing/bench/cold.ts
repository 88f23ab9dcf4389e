import { join } from 'node:path';
import { proveAccelerator } from '../../hosts/vm/accelerator.ts';
import { obtainImage } from '../../hosts/image/build.ts';
import { recipe } from '../../hosts/image/recipe.ts';
import type { Ledger } from '../../hosts/shared/ledger.ts';
import { connectRemote } from '../../hosts/shared/remote.ts';
import { coldBoot, settle } from '../../hosts/vm/snapshot.ts';
import { openSshTo, patience } from '../../hosts/vm/login.ts';
import { obtainQemu } from '../../hosts/vm/qemu.ts';

/** Boots the host of the benchmark from its image, without a snapshot, until it is settled; then releases it. */
export async function coldHost(logs: string, ledger: Ledger): Promise<void> {
  const context = { ledger, logs, signal: new AbortController().signal, progress: () => undefined };
  const image = await obtainImage(recipe('trixie', 'plain', false), context);
  const qemu = await obtainQemu(context);
  const { accelerator } = await proveAccelerator(qemu, image.kernel);
  const spec = { memoryMiB: 3072, cpus: 2, kernelParameters: [] };
  await using running = await coldBoot({ spec, accelerator }, image, qemu, join(logs, 'console.log'), context);
  await using ssh = await openSshTo(running, image, context, patience.coldMs);
  await settle(connectRemote(ssh.connection), context.signal);
}
