import { z } from 'zod';
import { Credentials } from './credentials.ts';
import { DeviceNode } from './device-node.ts';

/** The result of one open(2), or of mknod(2) and open(2); `error` is the errno name, or null when it worked. */
export const OpenAttempt = z.object({
  path: z.string(),
  access: z.enum(['read', 'write', 'mknod']),
  error: z.string().nullable(),
});

export const PciFunction = z.object({
  address: z.string(),
  vendor: z.string(),
  device: z.string(),
  driver: z.string().nullable(),
});

/** What the container saw, gathered in one exec by the probe inside it. */
export const GuestReport = z.object({
  id: z.string().describe('the line of id(1) in numbers: uid=1000 gid=2000 groups=2000,3000'),
  credentials: Credentials,
  kernel: z.string(),
  bootId: z.string(),
  cmdline: z.string(),
  dev: z.array(DeviceNode),
  opens: z.array(OpenAttempt),
  partitions: z.array(z.object({ major: z.number(), minor: z.number(), blocks: z.number(), name: z.string() })),
  block: z.array(z.string()),
  net: z.array(z.string()),
  pci: z.array(PciFunction),
  mounts: z.array(z.object({ target: z.string(), fstype: z.string(), options: z.string() })),
  uidMap: z.array(z.string()).optional().describe('lines of /proc/self/uid_map: inside, outside, count'),
  appArmor: z.string().optional().describe('profile and mode of the process; absent where its kernel has no AppArmor'),
  cgroup: z.enum(['v1', 'v2', 'hybrid', 'none']),
  /** First bytes of the content canary of each block device asked for, or the errno name. */
  canaries: z.array(z.object({ path: z.string(), content: z.string().nullable(), error: z.string().nullable() })),
  /** Files asked for that the probe could create and remove again, or the errno name. */
  writable: z.array(z.object({ path: z.string(), error: z.string().nullable() })),
  disks: z
    .array(
      z.object({ name: z.string(), serial: z.string().nullable(), content: z.string().nullable(), error: z.string().nullable() }),
    )
    .optional()
    .describe('the disks of /proc/partitions, with their first bytes or the errno name, where the pod was to read them'),
  processes: z.number().describe('how many processes /proc shows'),
  commands: z.array(z.string()).optional().describe('their names, sorted'),
});
export type GuestReport = z.infer<typeof GuestReport>;
