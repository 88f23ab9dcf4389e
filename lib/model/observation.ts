import { z } from 'zod';
import { CallTiming, CriRequest } from './cri-request.ts';
import { GuestReport } from './guest-report.ts';
import { HostReport } from './host-report.ts';
import { OciSpec } from './oci-spec.ts';
import { KubeletWork } from './kubelet-record.ts';
import { Outcome } from './outcome.ts';

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
  configuration: z
    .object({
      planned: z.string(),
      loaded: z.string().nullable(),
      plannedSha256: z.string().optional(),
      sha256: z.string().optional().describe('of the file that was loaded, read after the pod; empty where it is not there'),
    })
    .optional(),
});
export type Identity = z.infer<typeof Identity>;

/** What was left on the host after the pod was removed, by who made it. */
export const Leftovers = z.object({ runtime: z.array(z.string()), ours: z.array(z.string()) });

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
  meanwhile: z.literal('daemon-reload').optional().describe('what the host did while the pod ran'),
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
  alone: z.literal(true).optional().describe('no other pod may run beside it but one that has the host changed in the same way'),
  outcome: Outcome,
  request: CriRequest,
  identity: Identity.optional(),
  spec: OciSpec.optional(),
  guest: GuestReport.optional(),
  host: HostReport.optional(),
  leftovers: Leftovers.optional(),
  config: ReadConfig.optional(),
  kubelet: KubeletWork.optional(),
  calls: z.array(CallTiming),
  /** Lines of the engine's log that name this sandbox or container. */
  engineLog: z.string().default(''),
  /** Kata: lines of the shim of this sandbox in the host's journal: configuration, agent, warnings. */
  shimLog: z.string().optional(),
  replay: Replay.optional(),
});
export type Observation = z.infer<typeof Observation>;

/** `cell suite scenario`: one pod of a run. */
export function scenarioKey(at: { cell: string; suite: string; scenario: string }): string {
  return `${at.cell} ${at.suite} ${at.scenario}`;
}
