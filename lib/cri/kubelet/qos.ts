import { allContainers, type Container, type PodSpec, type Resources } from '../../manifest/pod.ts';
import type { PodClass } from '../../model/cgroup-driver.ts';
import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';
import { quantity } from '../../manifest/quantity.ts';

/** A request that is not made is the limit: the API server writes it so (Kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Pod). */
export function requestsOf({ requests, limits }: Resources): Readonly<Record<string, string>> {
  return { ...limits, ...requests };
}

/** Whether the pod has cpu or memory of its own, for all its containers. */
export function hasPodResources(node: KubeletNode, { resources }: PodSpec): boolean {
  const names = Object.keys({ ...resources.requests, ...resources.limits });
  return kubeletHas(node, 'pod-level-resources') && names.some((name) => /^(cpu|memory|hugepages-.*)$/.test(name));
}

/** Kubernetes v1.37.2 pkg/apis/core/v1/helper/qos/qos.go. */
export function qosClass(node: KubeletNode, spec: PodSpec): PodClass {
  if (hasPodResources(node, spec)) return classOf(spec.resources);
  const classes = new Set(allContainers(spec).map(({ resources }) => classOf(resources)));
  const [first = 'besteffort'] = classes;
  return classes.size > 1 ? 'burstable' : first;
}

function classOf(resources: Resources): PodClass {
  const requests = requestsOf(resources);
  const classes = new Set(
    ['cpu', 'memory'].map((name): PodClass => {
      const request = quantity(requests[name] ?? '0', 1000);
      if (request !== quantity(resources.limits[name] ?? '0', 1000)) return 'burstable';
      return request === 0n ? 'besteffort' : 'guaranteed';
    }),
  );
  const [first = 'besteffort'] = classes;
  return classes.size > 1 ? 'burstable' : first;
}

/**
 * How willingly the kernel ends a container for want of memory: less, the more memory it asked for (Kubernetes v1.37.2
 * pkg/kubelet/qos/policy.go). A sidecar is ended no sooner than the containers that it serves.
 */
export function oomScoreAdj(node: KubeletNode, spec: PodSpec, container: Container): number {
  if (spec.priorityClassName === 'system-node-critical') return -997;
  const qos = qosClass(node, spec);
  if (qos !== 'burstable') return qos === 'guaranteed' ? -997 : 1000;
  const scoreOf = (request: bigint): bigint => 1000n - (1000n * request) / BigInt(node.memory);
  const share = unassignedMemory(node, spec);
  const own = scoreOf(memoryRequest(container) + share);
  const served = isSidecar(node, spec, container) ? spec.containers.map((each) => scoreOf(memoryRequest(each) + share)) : [];
  const highest = served.reduce((most, each) => (each > most ? each : most), served[0] ?? own);
  const score = own < highest ? own : highest;
  return Number(score < 3n ? 3n : score > 999n ? 999n : score);
}

function memoryRequest({ resources }: Container): bigint {
  return quantity(requestsOf(resources)['memory'] ?? '0');
}

/** Of memory that the pod asks for beside its containers, the part of each. */
function unassignedMemory(node: KubeletNode, spec: PodSpec): bigint {
  if (!hasPodResources(node, spec)) return 0n;
  const rest = quantity(requestsOf(spec.resources)['memory'] ?? '0') - sumOfContainers(node, spec, 'requests', 'memory', 1);
  return rest > 0n ? rest / BigInt(spec.containers.length + spec.initContainers.length) : 0n;
}

/**
 * What the containers of a pod ask for together: those that run at the same time are added up, and init containers, which run one after
 * the other before them, count where one asks for more (Kubernetes component-helpers/resource/helpers.go, AggregateContainerRequests).
 */
export function sumOfContainers(
  node: KubeletNode,
  spec: PodSpec,
  which: 'requests' | 'limits',
  name: string,
  per: 1 | 1000,
): bigint {
  const asked = ({ resources }: Container): bigint =>
    quantity((which === 'limits' ? resources.limits : requestsOf(resources))[name] ?? '0', per);
  let sidecars = 0n;
  let most = 0n;
  for (const container of spec.initContainers) {
    const sidecar = isSidecar(node, spec, container);
    const now = sidecars + asked(container);
    if (sidecar) sidecars = now;
    if (now > most) most = now;
  }
  const running = spec.containers.map(asked).reduce((sum, each) => sum + each, sidecars);
  return running > most ? running : most;
}

/** An init container that goes on beside the others. */
export function isSidecar(node: KubeletNode, spec: PodSpec, container: Container): boolean {
  return kubeletHas(node, 'sidecars') && container.restartPolicy === 'Always' && spec.initContainers.includes(container);
}
