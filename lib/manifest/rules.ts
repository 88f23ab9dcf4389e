import type { Fault } from './check.ts';
import type { Path } from './path.ts';
import { placedContainers, type Pod } from './pod.ts';
import { nameRules } from './rules/names.ts';
import { resourceRules } from './rules/resources.ts';
import type { Rule } from './rules/rule.ts';
import { securityRules } from './rules/security.ts';
import { volumeRules } from './rules/volumes.ts';
import { workloadRules } from './rules/workloads.ts';

/** A document whose fields are all of the right type. */
export interface Checked {
  kind: string;
  data: unknown;
  pod: Pod;
  podPath: Path;
}

const podRules: readonly Rule[] = [...nameRules, ...volumeRules, ...securityRules, ...resourceRules];

/**
 * The first rule of Kubernetes' API server that a document breaks although every field has its type (Kubernetes v1.37.2
 * pkg/apis/core/validation/validation.go). These are the rules on fields that are looked at; a server has more.
 */
export function brokenRule({ kind, data, pod, podPath }: Checked): Fault | undefined {
  const containers = placedContainers(pod.spec);
  for (const [path, sentence] of workloadRules(kind, data, pod, podPath)) return { path, of: 'value', sentence };
  for (const rule of podRules)
    for (const [path, sentence] of rule(pod, containers)) return { path: [...podPath, ...path], of: 'value', sentence };
  return undefined;
}
