import { z } from 'zod';

/**
 * One call of the CRI: its name, how long it took, and the gRPC status when it failed. So too what an engine's program reads, and
 * what a scenario has its host do.
 */
export const CallTiming = z.object({
  call: z.string(),
  startMs: z.number().describe('milliseconds since the run started'),
  durationMs: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type CallTiming = z.infer<typeof CallTiming>;

/** What every unprivileged pod is asked to be kept from: the list of Kubernetes 1.30, and of requests before they recorded it. */
export const keptFrom = {
  masked: [
    '/proc/asound',
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
  ],
  readonly: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};

/** What the CRI was asked for: the first layer of each device. */
export const CriRequest = z.object({
  handler: z.string(),
  privileged: z.boolean(),
  sandboxPrivileged: z.boolean(),
  runAsUser: z.number().optional(),
  runAsGroup: z.number().optional(),
  supplementalGroups: z.array(z.number()).default([]),
  imageUser: z.string().default(''),
  devices: z.array(z.object({ hostPath: z.string(), containerPath: z.string(), permissions: z.string() })).default([]),
  cdiDevices: z.array(z.string()).default([]),
  annotations: z.record(z.string(), z.string()).default({}),
  hostNetwork: z.boolean(),
  userNamespace: z.boolean().default(false),
  maskedPaths: z.array(z.string()).default(keptFrom.masked),
  readonlyPaths: z.array(z.string()).default(keptFrom.readonly),
});
export type CriRequest = z.infer<typeof CriRequest>;
