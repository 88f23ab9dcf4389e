import { z } from 'zod';

/** A private engine as it was started: enough to start it again. Paths are those on the host. */
export const EngineInstance = z.object({
  files: z.record(z.string(), z.string()).describe('path → content'),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  socket: z.string(),
  bridge: z.string().optional().describe('of the pod network; made before the engine starts'),
  thinPool: z.string().optional().describe('directory of the thin pool that container roots are made in, likewise'),
  shimMark: z.string(),
  directory: z.string(),
  images: z.array(z.string()).describe('references that the engine pulls, of our own registry'),
  /** Checksum of every executable, kernel and image that the configuration names. */
  binaries: z.record(z.string(), z.string()),
  sealed: z
    .array(z.string())
    .optional()
    .describe('programs that ran from a sealed copy in memory; absent where none did, and in older records'),
});
export type EngineInstance = z.infer<typeof EngineInstance>;

/** The facts of one engine lease: one daemon with one configuration on one host. */
export const LeaseRecord = z.object({
  schema: z.literal(1),
  lease: z.string(),
  host: z.string(),
  cells: z.array(z.string()),
  engine: z.object({
    name: z.string(),
    /** What the daemon says of itself. */
    reportedName: z.string(),
    reportedVersion: z.string(),
    sha256: z.string(),
    options: z.record(z.string(), z.union([z.boolean(), z.string()])),
    /** Flat keys such as `device_ownership_from_security_context` and `runtimes.runc.privileged_without_host_devices`. */
    planned: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    effective: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    /** Keys that the daemon's log says it ignores. */
    ignored: z.array(z.string()).default([]),
    /** Which version of the CRI it serves. */
    api: z.enum(['v1', 'v1alpha2']).optional(),
    configFile: z.string(),
    instance: EngineInstance.optional(),
  }),
  startMs: z.number(),
  readyMs: z.number(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;
