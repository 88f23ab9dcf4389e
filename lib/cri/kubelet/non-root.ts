import type { Container, Pod } from '../../manifest/pod.ts';
import type { Placement } from './placement.ts';
import { effective } from './security.ts';

/** Why the kubelet does not run a container that must not run as root (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/security_context_others.go). */
export function reasonNotRun(pod: Pod, container: Container, placement: Placement): string | undefined {
  const { runAsNonRoot, runAsUser } = effective(pod.spec, container);
  if (runAsNonRoot !== true) return undefined;
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${placement.uid})", container: ${container.name})`;
  if (runAsUser !== undefined) return runAsUser === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined;
  const user = placement.containers.get(container.name)?.image.user ?? 0;
  if (typeof user === 'string')
    return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
  return user === 0 ? `container has runAsNonRoot and image will run as root ${where}` : undefined;
}
