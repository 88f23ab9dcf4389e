import { keptFrom } from '../../model/cri-request.ts';
import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';

/** What a kubelet asks to make read-only in every container, privileged or not. */
export const readonlyPaths: readonly string[] = keptFrom.readonly;

/** What a kubelet asks to mask in every container, privileged or not (Kubernetes v1.37.2 pkg/securitycontext/util.go). */
export function maskedPaths(node: Pick<KubeletNode, 'version' | 'gates' | 'thermalThrottle'>): string[] {
  const interrupts = kubeletHas(node, 'mask-interrupts');
  return [
    ...keptFrom.masked.flatMap((path) => (interrupts && path === '/proc/acpi' ? [path, '/proc/interrupts'] : [path])),
    ...(kubeletHas(node, 'mask-powercap') ? ['/sys/devices/virtual/powercap'] : []),
    ...(interrupts ? node.thermalThrottle : []),
  ];
}
