import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Remote } from '../host.ts';

const script = readFileSync(new URL('describe.sh', import.meta.url), 'utf8');

/** A device node of some machine, with what its numbers mean there. */
export const DescribedNode = z.object({
  path: z.string(),
  type: z.enum(['c', 'b']),
  uid: z.number(),
  gid: z.number(),
  mode: z.string().describe('four octal digits'),
  user: z.string(),
  group: z.string(),
  iommuGroup: z.string().nullable(),
});
export type DescribedNode = z.infer<typeof DescribedNode>;

/** Nodes that every machine has and no pod is given: terminals, memory, loop devices, and what stands for nothing. */
const everywhere =
  /^\/dev\/(tty\d*|ttyS\d+|pts\/.*|ptmx|vcs[au]?\d*|console|null|zero|full|random|urandom|kmsg|mem|port|loop(\d+|-control)|ram\d+|shm\/.*|hpet|rtc\d*|nvram|snapshot|watchdog\d*|autofs|btrfs-control|cpu_dma_latency|mcelog|rfkill|userfaultfd|vga_arbiter|uinput|uhid|mapper\/control|cuse|ppp|udmabuf|cpu\/.*|input\/.*|bsg\/.*|podproof\/.*)$/;

/** The device nodes of a machine below some paths; without paths those below /dev that not every machine has. Throws an Error. */
export async function describeDevices(remote: Pick<Remote, 'exec'>, paths: readonly string[]): Promise<DescribedNode[]> {
  const from = paths.length === 0 ? ['/dev'] : paths;
  const result = await remote.exec(['sh', '-c', script, 'describe', ...from], { timeoutMs: 60_000 });
  if (result.exitCode !== 0)
    throw new Error(`Cannot describe the devices: ${result.stderr.trim().slice(-400) || result.failure}`);
  const all = parseDescribed(result.stdout);
  return paths.length === 0 ? all.filter(({ path }) => !everywhere.test(path)) : all;
}

/** The lines of describe.sh. Throws an Error for a line that it does not print. */
export function parseDescribed(text: string): DescribedNode[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [path, type, uid, gid, mode = '', user, group, iommuGroup] = line.split('\t');
      const node = DescribedNode.safeParse({
        ...{ path, type, uid: Number(uid), gid: Number(gid), mode: mode.padStart(4, '0').slice(-4) },
        ...{ user, group, iommuGroup: iommuGroup === undefined || iommuGroup === '' ? null : iommuGroup },
      });
      if (!node.success) throw new Error(`Cannot read the description of a device: ${JSON.stringify(line.slice(0, 200))}`);
      return node.data;
    });
}
