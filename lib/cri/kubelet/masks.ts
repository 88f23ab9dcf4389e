import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';

/** What a kubelet asks to make read-only in every container, privileged or not. */
export const readonlyPaths: readonly string[] = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** What a kubelet asks to mask in every container, privileged or not (Kubernetes v1.37.2 pkg/securitycontext/util.go). */
export function maskedPaths(node: Pick<KubeletNode, 'version' | 'gates' | 'thermalThrottle'>): string[] {
  const interrupts = kubeletHas(node, 'mask-interrupts');
  return [
    '/proc/asound',
    '/proc/acpi',
    ...(interrupts ? ['/proc/interrupts'] : []),
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
    ...(kubeletHas(node, 'mask-powercap') ? ['/sys/devices/virtual/powercap'] : []),
    ...(interrupts ? node.thermalThrottle : []),
  ];
}
