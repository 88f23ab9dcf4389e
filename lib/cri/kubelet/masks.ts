import { readonlyPaths } from '../../model/kubelet-paths.ts';
import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';

export { readonlyPaths };

/** What a kubelet asks to mask in every container, privileged or not (Kubernetes v1.37.2 pkg/securitycontext/util.go). */
export function maskedPaths({ version, thermalThrottle }: KubeletNode): string[] {
  const interrupts = kubeletHas(version, 'mask-interrupts');
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
    ...(kubeletHas(version, 'mask-powercap') ? ['/sys/devices/virtual/powercap'] : []),
    ...(interrupts ? thermalThrottle : []),
  ];
}
