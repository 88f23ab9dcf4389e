import { z } from 'zod';

/** One entry of a /dev directory. `mode` is four octal digits; links have a target, only nodes have numbers. */
export const DeviceNode = z.object({
  path: z.string(),
  type: z.enum(['c', 'b', 'd', 'l', 'p', 's', 'f']),
  major: z.number().optional(),
  minor: z.number().optional(),
  uid: z.number(),
  gid: z.number(),
  mode: z.string().regex(/^[0-7]{4}$/),
  target: z.string().optional(),
});
export type DeviceNode = z.infer<typeof DeviceNode>;

/** The result of one open(2), or of mknod(2) and open(2); `error` is the errno name, or null when it worked. */
export const OpenAttempt = z.object({
  path: z.string(),
  access: z.enum(['read', 'write', 'mknod']),
  error: z.string().nullable(),
});
export type OpenAttempt = z.infer<typeof OpenAttempt>;

/** What a process may do, from /proc/PID/status. Capability sets are 16 hexadecimal digits. */
export const Credentials = z.object({
  uids: z.array(z.number()).describe('real, effective, saved, file system'),
  gids: z.array(z.number()).describe('real, effective, saved, file system'),
  groups: z.array(z.number()),
  capEff: z.string(),
  capPrm: z.string(),
  capBnd: z.string(),
  capInh: z.string(),
  capAmb: z.string(),
  noNewPrivs: z.number(),
  seccomp: z.number(),
});
export type Credentials = z.infer<typeof Credentials>;

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
  cgroup: z.enum(['v1', 'v2', 'hybrid', 'none']),
  /** First bytes of the content canary of each block device asked for, or the errno name. */
  canaries: z.array(z.object({ path: z.string(), content: z.string().nullable(), error: z.string().nullable() })),
  /** Files asked for that the probe could create and remove again, or the errno name. */
  writable: z.array(z.object({ path: z.string(), error: z.string().nullable() })),
  processes: z.number().describe('how many processes /proc shows'),
});
export type GuestReport = z.infer<typeof GuestReport>;

/** A process on the host that belongs to the sandbox, with the role that its argv shows. */
export const HostProcess = Credentials.extend({
  pid: z.number(),
  /** Start time in clock ticks since boot: with the pid, an identity. */
  start: z.number(),
  comm: z.string(),
  exe: z.string(),
  argv: z.array(z.string()),
  role: z.enum(['shim', 'vmm', 'virtiofsd', 'sentry', 'container', 'other']),
});
export type HostProcess = z.infer<typeof HostProcess>;

/** What the host showed while the container ran. */
export const HostReport = z.object({
  kernel: z.string(),
  bootId: z.string(),
  dev: z.array(DeviceNode),
  processes: z.array(HostProcess),
  /** Accounts made by a runtime: name, ids and comment. */
  users: z.array(z.object({ name: z.string(), uid: z.number(), gid: z.number(), comment: z.string() })),
  runUser: z.array(DeviceNode).describe('the tree below /run/user'),
  mounts: z
    .array(z.object({ target: z.string(), fstype: z.string() }))
    .describe('those whose path names the sandbox or the container'),
  mountCount: z.number().optional().describe('all mounts of the host'),
  netns: z.array(z.string()),
  loops: z.array(z.string()),
});
export type HostReport = z.infer<typeof HostReport>;

/** The part of the OCI runtime specification that the engine reports and the rules speak of. Unknown keys are dropped. */
export const OciSpec = z.object({
  process: z
    .object({
      user: z
        .object({ uid: z.number().default(0), gid: z.number().default(0), additionalGids: z.array(z.number()).default([]) })
        .optional(),
      capabilities: z.record(z.string(), z.array(z.string())).optional(),
      noNewPrivileges: z.boolean().optional(),
    })
    .optional(),
  linux: z
    .object({
      devices: z
        .array(
          z.object({
            path: z.string(),
            type: z.string(),
            major: z.number().default(0),
            minor: z.number().default(0),
            fileMode: z.number().optional(),
            uid: z.number().optional(),
            gid: z.number().optional(),
          }),
        )
        .default([]),
      resources: z
        .object({
          devices: z
            .array(
              z.object({
                allow: z.boolean(),
                type: z.string().optional(),
                major: z.number().optional(),
                minor: z.number().optional(),
                access: z.string().optional(),
              }),
            )
            .default([]),
        })
        .optional(),
      maskedPaths: z.array(z.string()).default([]),
      readonlyPaths: z.array(z.string()).default([]),
      uidMappings: z.array(z.object({ containerID: z.number(), hostID: z.number(), size: z.number() })).default([]),
    })
    .optional(),
  annotations: z.record(z.string(), z.string()).default({}),
});
export type OciSpec = z.infer<typeof OciSpec>;

/** One CRI call: its name, how long it took, and the gRPC status when it failed. */
export const CallTiming = z.object({
  call: z.string(),
  startMs: z.number().describe('milliseconds since the run started'),
  durationMs: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type CallTiming = z.infer<typeof CallTiming>;

/** What the CRI was asked for: the first layer of every trail. */
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
});
export type CriRequest = z.infer<typeof CriRequest>;

/** How the launch ended. `refused` is an answer of the engine and may be just what is documented. */
export const Outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ran') }),
  z.object({ kind: z.literal('refused'), call: z.string(), code: z.string(), message: z.string() }),
  z.object({
    kind: z.literal('host-lost'),
    message: z.string(),
    consoleTail: z.string(),
    lastCall: z.string(),
    repeated: z.boolean(),
  }),
  z.object({ kind: z.literal('error'), message: z.string(), stack: z.string().default('') }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** What proves that the right thing was tested. */
export const Identity = z.object({
  engineName: z.string(),
  engineVersion: z.string(),
  /** Path of the OCI runtime or shim that the engine's effective configuration names, and the checksum of what is there. */
  runtimePath: z.string(),
  runtimeSha256: z.string(),
  /** Which runtime left its own state for this container on the host: `runc` writes state.json, `crun` status, `runsc` a file beside. */
  stateOf: z.string().nullable(),
  /** Kata: the configuration file that the handler names, and the one that the shim's own log says it loaded. */
  configuration: z.object({ planned: z.string(), loaded: z.string().nullable() }).optional(),
});
export type Identity = z.infer<typeof Identity>;

/** What the host had too much after the pod was removed, by who made it. */
export const Leftovers = z.object({
  runtime: z.array(z.string()),
  ours: z.array(z.string()),
});

export type Leftovers = z.infer<typeof Leftovers>;

/** All that it takes to launch the same pod again by hand. */
export const Replay = z.object({
  /** PodSandboxConfig and ContainerConfig as they were sent, in the JSON that crictl reads. */
  sandbox: z.record(z.string(), z.json()),
  container: z.record(z.string(), z.json()),
  probe: z.array(z.string()).describe('what the probe was asked to try'),
  nodes: z
    .array(z.object({ path: z.string(), owner: z.string(), mode: z.string() }))
    .default([])
    .describe('nodes of the host that were changed before the pod'),
  twin: z.boolean().default(false).describe('a second pod like it ran at the same time'),
  killVmm: z.boolean().default(false).describe('the VMM was killed before the pod was removed'),
});
export type Replay = z.infer<typeof Replay>;

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What an engine made of a configuration file. */
export const ReadConfig = z.object({
  text: z.string(),
  /** The main file beside which it was a drop-in. */
  beside: z.string().optional(),
  /** What was asked: the command that prints what a file comes to, or a daemon that runs with it. */
  asked: z.array(z.string()),
  /** Keys that the file means to set, and what is in force of them. */
  wanted: z.record(z.string(), Scalar),
  effective: z.record(z.string(), Scalar),
  /** Keys that the engine says it ignores. */
  ignored: z.array(z.string()),
});
export type ReadConfig = z.infer<typeof ReadConfig>;

/** The facts of one scenario in one cell, recorded before anything is judged. */
export const Observation = z.object({
  schema: z.literal(1),
  cell: z.string(),
  /** Joins the observation to the facts of the engine lease that it ran in. */
  lease: z.string(),
  suite: z.string(),
  scenario: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  alone: z.literal(true).optional().describe('no other pod may run beside it'),
  outcome: Outcome,
  request: CriRequest,
  identity: Identity.optional(),
  spec: OciSpec.optional(),
  guest: GuestReport.optional(),
  host: HostReport.optional(),
  leftovers: Leftovers.optional(),
  config: ReadConfig.optional(),
  calls: z.array(CallTiming),
  /** Lines of the engine's log that name this sandbox or container. */
  engineLog: z.string().default(''),
  /** Kata: lines of the shim of this sandbox in the host's journal: configuration, agent, warnings. */
  shimLog: z.string().optional(),
  replay: Replay.optional(),
});
export type Observation = z.infer<typeof Observation>;

/** A private engine as it was started: enough to start it again. Paths are those on the host. */
export const EngineInstance = z.object({
  files: z.record(z.string(), z.string()).describe('path → content'),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  socket: z.string(),
  bridge: z.string().optional().describe('of the pod network; made before the engine starts'),
  shimMark: z.string(),
  directory: z.string(),
  images: z.array(z.string()).describe('references that the engine pulls, of our own registry'),
  /** Checksum of every executable, kernel and image that the configuration names. */
  binaries: z.record(z.string(), z.string()),
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

/** `cell suite scenario`: one pod of a run. */
export function scenarioKey(at: { cell: string; suite: string; scenario: string }): string {
  return `${at.cell} ${at.suite} ${at.scenario}`;
}
