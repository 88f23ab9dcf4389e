import { stringify } from 'yaml';
import { Pod } from '../manifest/pod.ts';
import type { Workload } from '../manifest/workload.ts';

/** A change of a pod: a value that is set, or a volume that one container no longer mounts. */
export type Change = { set: readonly (string | number)[]; to: unknown } | { unmount: string; of: string };

/** The pod with the changes. */
export function changed(pod: Pod, changes: readonly Change[]): Pod {
  const copy: unknown = structuredClone(pod);
  for (const change of changes) {
    if ('set' in change) setIn(copy, change.set, change.to);
    else unmount(copy, change);
  }
  return Pod.parse(copy);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function setIn(target: unknown, [key, ...rest]: readonly (string | number)[], to: unknown): void {
  if (!isRecord(target) || key === undefined) return;
  if (rest.length === 0) {
    if (to === undefined) delete target[key];
    else target[key] = to;
    return;
  }
  // An own property only: a name such as __proto__ is one of the manifest's.
  if (!Object.hasOwn(target, key) || !isRecord(target[key])) target[key] = {};
  setIn(target[key], rest, to);
}

function unmount(copy: unknown, { unmount: volume, of }: Extract<Change, { unmount: string }>): void {
  for (const list of ['initContainers', 'containers'] as const) {
    for (const container of (copy as Pod).spec[list])
      if (container.name === of) container.volumeMounts = container.volumeMounts.filter(({ name }) => name !== volume);
  }
}

/** The changes as a strategic merge patch: `kubectl patch deployment media --patch-file fix-1.yaml`. */
export function patchText(
  { kind, name, podPath, pod }: Pick<Workload, 'kind' | 'name' | 'podPath' | 'pod'>,
  changes: readonly Change[],
): string {
  const patch: Record<string, unknown> = {};
  for (const change of changes) {
    if ('set' in change) merge(patch, pod, [...change.set], change.to);
    else {
      const list = pod.spec.containers.some((each) => each.name === change.of) ? 'containers' : 'initContainers';
      const mounts = pod.spec[list].find((each) => each.name === change.of)?.volumeMounts ?? [];
      const index = pod.spec[list].findIndex((each) => each.name === change.of);
      // Mounts are merged by their path (k8s.io/api core/v1 types.go, patchMergeKey).
      const gone = mounts
        .filter((mount) => mount.name === change.unmount)
        .map(({ mountPath }) => ({ mountPath, $patch: 'delete' }));
      merge(patch, pod, ['spec', list, index, 'volumeMounts'], gone);
    }
  }
  const whole = podPath.toReversed().reduce<unknown>((inner, key) => ({ [key]: inner }), patch);
  return `# kubectl patch ${kind.toLowerCase()} ${name} --patch-file THIS\n${stringify(whole)}`;
}

/** Containers are merged by their name. */
function merge(patch: Record<string, unknown>, pod: Pod, path: readonly (string | number)[], to: unknown): void {
  let at = patch;
  const keys = [...path];
  while (keys.length > 1) {
    const key = String(keys.shift());
    if (typeof keys[0] === 'number' && (key === 'containers' || key === 'initContainers')) {
      const name = pod.spec[key][Number(keys.shift())]?.name;
      const list = (at[key] ??= []) as Record<string, unknown>[];
      let item = list.find((each) => each['name'] === name);
      if (item === undefined) list.push((item = { name }));
      at = item;
    } else at = (at[key] ??= {}) as Record<string, unknown>;
  }
  at[String(keys[0])] = to ?? null;
}
