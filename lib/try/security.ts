import { effective } from '../cri/kubelet/security.ts';
import { allContainers, placedContainers, type Pod } from '../manifest/pod.ts';
import type { Change } from './change.ts';

export function effectiveOf(pod: Pod, name: string): ReturnType<typeof effective> | undefined {
  const container = containerOf(pod, name);
  return container && effective(pod.spec, container);
}

export function containerOf(pod: Pod, name: string): Pod['spec']['containers'][number] | undefined {
  return allContainers(pod.spec).find((each) => each.name === name);
}

export function pathOf(pod: Pod, name: string): (string | number)[] {
  return placedContainers(pod.spec).find(({ container }) => container.name === name)?.path ?? [];
}

/**
 * Where a group is to be set: in the container where that has one, and so overrides the pod's; else in the pod's. There it stands beside
 * a user alone: containerd refuses a sandbox with a group without one, and a container has at least that of its image.
 */
export function contextOf(pod: Pod, name: string, key: 'runAsGroup'): (string | number)[] {
  const own = containerOf(pod, name)?.securityContext?.[key] !== undefined || pod.spec.securityContext?.runAsUser === undefined;
  return [...(own ? pathOf(pod, name) : ['spec']), 'securityContext'];
}

/** A privileged container may not forbid escalation (Kubernetes pkg/apis/core/validation). */
export function privileges(pod: Pod, name: string): Change[] {
  const context = [...pathOf(pod, name), 'securityContext'];
  const forbids = containerOf(pod, name)?.securityContext?.allowPrivilegeEscalation === false;
  return [
    { set: [...context, 'privileged'], to: true },
    ...(forbids ? [{ set: [...context, 'allowPrivilegeEscalation'], to: true }] : []),
  ];
}

/** Another user for one container; root also where the pod forbids it. */
export function asUser(pod: Pod, name: string, user: number): Change[] {
  const context = [...pathOf(pod, name), 'securityContext'];
  const forbids = user === 0 && effectiveOf(pod, name)?.runAsNonRoot === true;
  return [{ set: [...context, 'runAsUser'], to: user }, ...(forbids ? [{ set: [...context, 'runAsNonRoot'], to: false }] : [])];
}
