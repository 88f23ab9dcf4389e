import { create } from '@bufbuild/protobuf';
import type { Container, PodSpec } from '../../manifest/pod.ts';
import { type LinuxContainerResources, LinuxContainerResourcesSchema } from '../gen/cri_pb.js';
import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';
import type { ContainerPlacement, AskedContainer, Placement } from './placement.ts';
import { hasPodResources, oomScoreAdj, qosClass, requestsOf, sumOfContainers } from './qos.ts';
import { quantity } from '../../manifest/quantity.ts';

/** Microseconds; the kubelet's default. */
const period = 100_000n;

/** What a container may use (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container_linux.go, generateLinuxContainerResources). */
export function containerResources({ node, pod: { spec }, container, own }: AskedContainer): LinuxContainerResources {
  const { limits, requests } = container.resources;
  const ofPod = hasPodResources(node, spec) ? spec.resources.limits : {};
  const limit = (name: string): string => nonZero(limits[name]) ?? ofPod[name] ?? '0';
  const base = limitsOf(node, {
    cpuRequest: quantity(requests['cpu'] ?? limit('cpu'), 1000),
    cpuLimit: quantity(limit('cpu'), 1000),
    memoryLimit: quantity(limit('memory')),
    exclusive: hasExclusiveCpus(node, spec, container, own),
  });
  return create(LinuxContainerResourcesSchema, {
    ...base,
    oomScoreAdj: BigInt(oomScoreAdj(node, spec, container)),
    hugepageLimits: hugePageLimits(node, { ...ofPod, ...limits }),
    ...(own.cpus === undefined ? {} : { cpusetCpus: own.cpus }),
    ...(own.memoryNodes === undefined ? {} : { cpusetMems: own.memoryNodes }),
    ...(node.cgroupVersion === 2
      ? { unified: { ...base.unified, ...(node.swapController ? { 'memory.swap.max': '0' } : {}), ...memoryQos(node) } }
      : node.swapController
        ? { memorySwapLimitInBytes: base.memoryLimitInBytes }
        : {}),
  });
}

/** What the containers of a pod may use together (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_sandbox_linux.go). */
export function sandboxResources(node: KubeletNode, spec: PodSpec, placement: Placement): LinuxContainerResources {
  const whole = hasPodResources(node, spec);
  const of = (which: 'requests' | 'limits', name: string, per: 1 | 1000): bigint => {
    const own = whole ? (which === 'limits' ? spec.resources.limits : requestsOf(spec.resources))[name] : undefined;
    return own === undefined ? sumOfContainers(node, spec, which, name, per) : quantity(own, per);
  };
  const limits = limitsOf(node, {
    cpuRequest: of('requests', 'cpu', 1000),
    cpuLimit: of('limits', 'cpu', 1000),
    memoryLimit: of('limits', 'memory', 1),
    exclusive: spec.containers.some((each) => hasExclusiveCpus(node, spec, each, placement.containers.get(each.name))),
  });
  return create(LinuxContainerResourcesSchema, limits);
}

/** What the sandbox itself uses, by its RuntimeClass: a limit and a request at once. */
export function overheadResources(node: KubeletNode, { overhead }: PodSpec): LinuxContainerResources {
  if (Object.keys(overhead).length === 0) return create(LinuxContainerResourcesSchema);
  const cpu = quantity(overhead['cpu'] ?? '0', 1000);
  const memoryLimit = quantity(overhead['memory'] ?? '0');
  return create(LinuxContainerResourcesSchema, limitsOf(node, { cpuRequest: cpu, cpuLimit: cpu, memoryLimit, exclusive: false }));
}

/** Thousandths of a CPU, and bytes. */
function limitsOf(
  node: KubeletNode,
  asked: { cpuRequest: bigint; cpuLimit: bigint; memoryLimit: bigint; exclusive: boolean },
): { cpuShares: bigint; cpuPeriod: bigint; cpuQuota: bigint; memoryLimitInBytes: bigint; unified: Record<string, string> } {
  return {
    cpuShares: clamp((asked.cpuRequest * 1024n) / 1000n, 2n, 262_144n),
    cpuPeriod: period,
    cpuQuota: asked.exclusive ? -1n : asked.cpuLimit === 0n ? 0n : clamp((asked.cpuLimit * period) / 1000n, 1000n),
    memoryLimitInBytes: asked.memoryLimit,
    unified: node.cgroupVersion === 2 ? { 'memory.oom.group': '1' } : {},
  };
}

/** Kubernetes v1.37.2: with the policy None, which is the default, nothing is reserved, and the files are reset. */
function memoryQos(node: KubeletNode): Record<string, string> {
  return kubeletHas(node, 'memory-qos') ? { 'memory.min': '0', 'memory.low': '0' } : {};
}

/** One limit for each size of the machine: what is not asked for is forbidden. */
function hugePageLimits(node: KubeletNode, limits: Readonly<Record<string, string>>): { pageSize: string; limit: bigint }[] {
  const asked = new Map(
    Object.entries(limits).flatMap(([name, amount]) => {
      const size = hugePageSize(name);
      return size === undefined ? [] : [[size, quantity(amount)] as const];
    }),
  );
  return node.hugePageSizes.map((pageSize) => ({ pageSize, limit: asked.get(pageSize) ?? 0n }));
}

/** The kernel's word for a resource of huge pages: `hugepages-2Mi` is 2MB (Kubernetes pkg/apis/core/v1/helper/helpers.go). */
export function hugePageSize(resource: string): string | undefined {
  const [, size] = /^hugepages-(.+)$/.exec(resource) ?? [];
  if (size === undefined) return undefined;
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let [bytes, unit] = [quantity(size), 0];
  while (bytes >= 1024n && bytes % 1024n === 0n && unit < units.length - 1) [bytes, unit] = [bytes / 1024n, unit + 1];
  return `${bytes}${units[unit] ?? ''}`;
}

/** The static CPU manager gives whole CPUs to Guaranteed pods; newer kubelets set no quota then. */
function hasExclusiveCpus(
  node: KubeletNode,
  spec: PodSpec,
  container: Container,
  placement: ContainerPlacement | undefined,
): boolean {
  return (
    placement?.cpus !== undefined &&
    kubeletHas(node, 'no-quota-on-exclusive-cpus') &&
    qosClass(node, spec) === 'guaranteed' &&
    quantity(container.resources.limits['cpu'] ?? '0', 1000) % 1000n === 0n
  );
}

function nonZero(amount: string | undefined): string | undefined {
  return amount === undefined || quantity(amount, 1000) === 0n ? undefined : amount;
}

function clamp(value: bigint, least: bigint, most = 1n << 62n): bigint {
  return value < least ? least : value > most ? most : value;
}
