import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheDirectory } from '../../util/paths.ts';
import { machineBootId } from '../shared/process-identity.ts';

const Stop = z.object({
  /** What would have to change: the boot of this machine, and its device node, which a module that is loaded anew makes anew. */
  of: z.string(),
  why: z.string(),
  said: z.string(),
});

/** Why QEMU stopped a machine under KVM, and what it said. */
export type Stop = Pick<z.infer<typeof Stop>, 'why' | 'said'>;

/**
 * Machines that QEMU stopped under KVM, for later processes: what KVM cannot execute it cannot execute the next time either, and to see
 * that takes seconds. `machine` tells one kind from others, `device` is that of KVM. A note that cannot be kept is no reason to fail.
 */
export function stoppedMachines(machine: string, device: string) {
  const file = join(cacheDirectory(), 'stopped-machines', createHash('sha256').update(machine).digest('hex').slice(0, 12));
  const now = async (): Promise<string> => {
    const { dev, ino, ctimeMs } = await stat(device);
    return [await machineBootId(), dev, ino, ctimeMs].join(' ');
  };
  return {
    async find(): Promise<Stop | undefined> {
      const text = await readFile(file, 'utf8').catch(() => '');
      try {
        const { of, why, said } = Stop.parse(JSON.parse(text));
        return of === (await now()) ? { why, said } : undefined;
      } catch {
        return undefined;
      }
    },
    async keep(stop: Stop): Promise<void> {
      try {
        await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
        const draft = `${file}.${process.pid}`;
        await writeFile(draft, JSON.stringify({ ...stop, of: await now() }));
        await rename(draft, file);
      } catch {
        // The next process sees for itself.
      }
    },
    forget: (): Promise<void> => rm(file, { force: true }),
  };
}
