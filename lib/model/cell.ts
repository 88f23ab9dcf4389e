import { z } from 'zod';
import { HostSpec } from '../hosts/facts.ts';
import { runtimes } from '../runtimes/facts.ts';
import { CniPlugins, EngineName, EngineVersion, KubeletVersion, RuntimeName, RuntimeVersion } from './matrix/matrix.ts';
import { TriedContainer } from './tried.ts';

/**
 * host × engine version × runtime version, and a kubelet before the engine where a profile wants one. `id` is readable and stable:
 * `debian-13/containerd-1.7.24/kata-3.30.0-go-qemu`, `debian-13/containerd-1.7.24/runc-1.1.15+kubelet-1.37.2`.
 */
export const PlannedCell = z.object({
  // It becomes a path below the run folder, so it may never climb out of it.
  id: z.string().regex(/^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/),
  host: z.object({ id: z.string(), spec: HostSpec }),
  engine: EngineVersion.extend({ name: EngineName }),
  runtime: RuntimeVersion.extend({ name: RuntimeName }),
  /** What the engine makes pod networks with; without it the host has its own. */
  cni: CniPlugins.extend({ name: z.literal('cni') }).optional(),
  /** What asks the engine for pods; without it podproof does. */
  kubelet: KubeletVersion.extend({ name: z.literal('kubelet') }).optional(),
});
export type PlannedCell = z.infer<typeof PlannedCell>;

/** Which part of a plan a shard is, and what the other parts run: any one shard tells a merge what the whole plan was. */
export const PlanShard = z.object({
  /** From 1 to `count`. */
  index: z.number().int().min(1),
  count: z.number().int().min(1),
  others: z.array(PlannedCell),
});

/**
 * What a run sets out to do. `hash` is that of the whole plan and guards a merge: shards of different plans are never mixed.
 * In a shard `cells` are its own, and the rest of the plan is in `shard.others`.
 */
export const Plan = z.object({
  schema: z.literal(1),
  hash: z.string(),
  profile: z.string(),
  /** The `--only` expression that narrowed it; empty for all. It also selects questions. */
  only: z.string().default(''),
  suites: z.array(z.string()),
  /** By suite, those that there were when it was planned: what a suite got later is no part of the run. Absent in older plans. */
  scenarios: z.record(z.string(), z.array(z.string())).optional(),
  /** Containers of a manifest, whose questions are made of this; absent where the suites are ours. */
  tried: z.array(TriedContainer).optional(),
  cells: z.array(PlannedCell),
  /** By cell, what it stands for, where the profile covers pairs: "newest containerd with newest crun; debian-13 with crun-1.28". */
  stands: z.record(z.string(), z.string()).optional(),
  excluded: z.array(z.object({ cell: z.string(), why: z.string() })),
  /** Absent when the run does all of its plan. */
  shard: PlanShard.optional(),
});
export type Plan = z.infer<typeof Plan>;

/** One version of an engine, a runtime, the CNI plugins or a kubelet: what is resolved to an artifact. */
export type Component =
  | PlannedCell['engine']
  | PlannedCell['runtime']
  | NonNullable<PlannedCell['cni']>
  | NonNullable<PlannedCell['kubelet']>;

export function isRuntime(component: Component): component is PlannedCell['runtime'] {
  return Object.hasOwn(runtimes, component.name);
}

/** All that a cell has of artifacts. */
export function componentsOf({ engine, runtime, cni, kubelet }: PlannedCell): Component[] {
  return [engine, runtime, ...(cni === undefined ? [] : [cni]), ...(kubelet === undefined ? [] : [kubelet])];
}

/** Key of a component's artifact: one version from two sources is two artifacts, and both Kata shims come from one. */
export function componentKey({ name, version, source }: Pick<Component, 'name' | 'version' | 'source'>): string {
  return `${name} ${version} ${JSON.stringify(source)}`;
}
