import { z } from 'zod';
import { cgroupDrivers } from './cgroup-driver.ts';

/** What the requests of a kubelet depend on beside the pod. */
export const RecordedNode = z.object({
  version: z.string(),
  gates: z
    .array(z.enum(['user-namespaces', 'sidecars']))
    .default([])
    .describe('what it does because its configuration opens a gate that its version has shut'),
  name: z.string(),
  cgroupDriver: z.enum(cgroupDrivers),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  swapController: z.boolean(),
  memory: z.number().describe('of the machine, in bytes'),
  hugePageSizes: z.array(z.string()),
  rootDirectory: z.string(),
  logDirectory: z.string(),
  seccompDefault: z.boolean(),
  dns: z.object({ servers: z.array(z.string()), searches: z.array(z.string()), options: z.array(z.string()) }),
  thermalThrottle: z.array(z.string()),
});
export type RecordedNode = z.infer<typeof RecordedNode>;

const Allocation = z.object({
  container: z.string(),
  devices: z.array(z.object({ hostPath: z.string(), containerPath: z.string(), permissions: z.string() })).default([]),
  mounts: z.array(z.object({ hostPath: z.string(), containerPath: z.string(), readOnly: z.boolean() })).default([]),
  cdiDevices: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
});

/** What device plugins give a container. */
export type Allocation = z.infer<typeof Allocation>;

/** A request by which a kubelet made something of a pod, in the JSON of protobuf with the names of the proto file. */
export const RecordedRequest = z.object({ call: z.enum(['RunPodSandbox', 'CreateContainer']), request: z.json() });
export type RecordedRequest = z.infer<typeof RecordedRequest>;

/** One static pod, and what a kubelet asked an engine for it. */
export const RecordedPod = z.object({
  manifest: z.string(),
  allocations: z.array(Allocation).default([]),
  requests: z.array(RecordedRequest),
});
export type RecordedPod = z.infer<typeof RecordedPod>;

/** The requests of one kubelet on one node, as a relay between it and the engine saw them. */
export const RecordedKubelet = z.object({ node: RecordedNode, pods: z.record(z.string(), RecordedPod) });
export type RecordedKubelet = z.infer<typeof RecordedKubelet>;

/** A field of a request in which podproof's own translation of the manifest differs from the kubelet's, in JSON; absent where it is not sent. */
export const RequestDifference = z.object({ field: z.string(), ours: z.string().optional(), kubelet: z.string().optional() });
export type RequestDifference = z.infer<typeof RequestDifference>;

/** `container main: linux.resources.cpu_shares: 7, by podproof 2` */
export function differenceText({ field, ours, kubelet }: RequestDifference): string {
  return `${field}: ${kubelet ?? 'not sent'}, by podproof ${ours ?? 'not sent'}`;
}

/** What a kubelet made of the manifest of a pod. */
export const KubeletWork = z.object({
  version: z.string().describe('as it says of itself'),
  sha256: z.string().describe('of its running executable'),
  node: RecordedNode,
  pod: RecordedPod,
  container: z.string().optional().describe('of its containers the one that was looked into; the first where it is not said'),
  differences: z.array(RequestDifference).describe('none where it made no request'),
});
export type KubeletWork = z.infer<typeof KubeletWork>;
