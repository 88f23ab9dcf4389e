import { z } from 'zod';
import { Credentials } from './credentials.ts';
import { DeviceNode } from './device-node.ts';

/** A process on the host that belongs to the sandbox, with the role that its argv shows. */
export const HostProcess = Credentials.extend({
  pid: z.number(),
  /** Start time in clock ticks since boot: with the pid, an identity. */
  start: z.number(),
  comm: z.string(),
  exe: z.string(),
  argv: z.array(z.string()),
  role: z.enum(['shim', 'vmm', 'virtiofsd', 'sentry', 'container', 'other']),
  cgroup: z.string().optional().describe('lines of /proc/PID/cgroup'),
  cpuMax: z.array(z.string()).optional().describe('cpu.max of its control group and of those above it, in cgroup v2'),
  root: z.string().optional().describe('what its / is, as a path of the file system that holds it'),
  namespaces: z.array(z.string()).optional().describe('those that are not those of the host: mnt, net'),
});
export type HostProcess = z.infer<typeof HostProcess>;

/** What the host showed while the container ran. */
export const HostReport = z.object({
  kernel: z.string(),
  bootId: z.string(),
  dev: z.array(DeviceNode),
  disks: z
    .array(z.object({ name: z.string(), blocks: z.number(), serial: z.string().nullable() }))
    .optional()
    .describe('every disk and partition of the host, its size in KiB'),
  processes: z.array(HostProcess),
  twin: z.array(HostProcess).optional().describe('processes of the second pod, where there were two at once'),
  /** Accounts made by a runtime: name, ids and comment. */
  users: z.array(z.object({ name: z.string(), uid: z.number(), gid: z.number(), comment: z.string() })),
  runUser: z.array(DeviceNode).describe('the tree below /run/user'),
  runVc: z
    .array(DeviceNode)
    .optional()
    .describe('Kata: what is of this sandbox below /run/vc or /run/kata: sockets, the jail of Firecracker'),
  mounts: z
    .array(z.object({ target: z.string(), fstype: z.string() }))
    .describe('those whose path names the sandbox or the container'),
  mountCount: z.number().optional().describe('all mounts of the host'),
  netns: z.array(z.string()),
  loops: z.array(z.string()),
});
export type HostReport = z.infer<typeof HostReport>;
