import { z } from 'zod';
import { Layer } from './document.ts';
import { HostFacts } from './host-facts.ts';
import { RequestDifference } from './kubelet-record.ts';

/** Who has the last word on an open(2) that fails. */
export const Decider = z.enum([
  'file mode',
  'mount option',
  'device cgroup',
  'user namespace',
  'security module',
  'driver',
  'no node',
]);
export type Decider = z.infer<typeof Decider>;

/** Owner and mode of a node: `0:105` and four octal digits. */
export const Access = z.object({ type: z.enum(['c', 'b', 'other']), owner: z.string(), mode: z.string() });
export type Access = z.infer<typeof Access>;

/** A device that a container is meant to use. */
export const TrialDevice = z.object({
  container: z.string(),
  path: z.string().describe('in the container'),
  from: z.string().describe('how the pod asks for it: "gpu.intel.com/i915", "hostPath volume dri", "block volume data"'),
  description: z
    .string()
    .optional()
    .describe('what it is on the node, as --devices reads it; absent where the host under test has its own'),
  assumed: z.boolean().describe('nobody described it: owner and mode are those that distributions give such a node'),
});
export type TrialDevice = z.infer<typeof TrialDevice>;

/** What one process found at the place of one device. */
export const DeviceSight = z.object({
  path: z.string(),
  host: Access.optional().describe('the node on the host'),
  guest: Access.optional().describe('the node in the container'),
  read: z.string().nullable().describe('errno of open(2) for reading; null where it opened'),
  write: z.string().nullable().describe('errno of open(2) for writing; null where it opened'),
  decider: Decider.optional().describe('who refuses; absent where nobody does'),
  says: z.string().describe('one sentence: what is so, and why'),
  layers: z.array(Layer).describe('owner and mode on their way from the request to the container'),
});
export type DeviceSight = z.infer<typeof DeviceSight>;

/** What a process can touch besides. */
export const Reach = z.object({
  nodes: z.number().describe('device nodes that the container shows'),
  disks: z.array(z.string()).describe('disks of the host whose nodes opened for reading'),
  madeDisk: z.boolean().describe('a node of a disk of the host could be made and opened'),
  groups: z.array(z.number()),
  capabilities: z.array(z.string()).describe('effective ones'),
  bounding: z.number().describe('capabilities that a setuid program would get'),
});
export type Reach = z.infer<typeof Reach>;

export const ContainerSight = z.object({
  name: z.string(),
  id: z.string().describe('the line of id(1) in numbers'),
  seccomp: z.boolean().describe('under a filter'),
  noNewPrivileges: z.boolean(),
  notHeld: z
    .array(z.string())
    .default([])
    .describe('capabilities that the manifest adds, and the process does not have: it is not root (capabilities(7))'),
  devices: z.array(DeviceSight),
  reach: Reach,
});
export type ContainerSight = z.infer<typeof ContainerSight>;

/** One pod that was launched in one cell: the manifest as it is, or with one fix. */
export const Attempt = z.object({
  cell: z.string(),
  fix: z.string().optional().describe('id of the fix; absent for the manifest as it is'),
  outcome: z.enum(['ran', 'refused', 'error', 'not tried']),
  reason: z.string().optional().describe('what the engine said, or why it was not tried'),
  cause: z
    .object({ id: z.string().describe('what "podproof explain" knows it by'), says: z.string() })
    .optional()
    .describe('what the reason of a refusal means, where that is known'),
  containers: z.array(ContainerSight),
  differences: z
    .array(RequestDifference)
    .optional()
    .describe('fields in which a kubelet asked for the pod otherwise than podproof does; absent where no kubelet made it'),
});
export type Attempt = z.infer<typeof Attempt>;

/** A change that may help. */
export const TrialFix = z.object({
  id: z.string(),
  title: z.string(),
  label: z.string().describe('the same in a few words'),
  by: z.enum(['manifest', 'node']).describe('who makes it: the owner of the manifest, or who runs the nodes'),
  since: z.string().optional().describe('versions that can do it'),
  costs: z.string().describe('what it gives away beside what was measured'),
  file: z.string().describe('name of the patch beside the trial'),
  text: z.string().describe('the patch'),
});
export type TrialFix = z.infer<typeof TrialFix>;

/** What a cell is called, and why it was not tried. */
export const TrialCell = z.object({
  id: z.string(),
  engine: z.string().describe('containerd 1.7.24'),
  runtime: z.string().describe('runc 1.1.15'),
  kubelet: z.string().optional().describe('kubelet 1.37.2, where one makes the pods'),
  host: HostFacts.optional(),
  blocked: z.string().optional(),
});
export type TrialCell = z.infer<typeof TrialCell>;

export const trialSchema = 1;

/** One pod of a manifest in some cells, with the fixes that were tried. */
export const Trial = z.object({
  schema: z.literal(trialSchema),
  podproof: z.string(),
  started: z.string(),
  ended: z.string(),
  manifest: z.object({ file: z.string(), kind: z.string(), name: z.string() }),
  devices: z.array(TrialDevice),
  cells: z.array(TrialCell),
  fixes: z.array(TrialFix).describe('smallest first'),
  attempts: z.array(Attempt),
  notLookedAt: z.array(z.object({ path: z.string(), why: z.string() })),
});
export type Trial = z.infer<typeof Trial>;
