import { allContainers, type Container, type Pod, type ResourceReference } from '../../manifest/pod.ts';
import { quantity } from '../../manifest/quantity.ts';
import type { KubeletNode } from './node.ts';
import type { AskedContainer, Placement } from './placement.ts';
import { requestsOf } from './qos.ts';

/**
 * The environment that the kubelet sends: what device plugins ask for, then the container's own (Kubernetes v1.37.2
 * pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables; it sends them in no order). A value that only a cluster has is empty.
 */
export function environment({
  node,
  pod,
  container,
  placement,
  own: { allocation },
}: AskedContainer): { key: string; value: string }[] {
  const own = new Map<string, string>();
  for (const { name, value = '', valueFrom: { fieldRef, resourceFieldRef } = {} } of container.env) {
    if (value !== '') own.set(name, expand(value, own));
    else if (fieldRef !== undefined) own.set(name, fieldOf(node, pod, placement, fieldRef.fieldPath));
    else own.set(name, resourceFieldRef === undefined ? '' : resourceOf(pod, container, resourceFieldRef));
  }
  return [...Object.entries(allocation?.env ?? {}), ...own].map(([key, value]) => ({ key, value }));
}

/** Replaces `$(NAME)` by its value; an unknown one stays, and `$$` is one `$` (Kubernetes third_party/forked/golang/expansion/expand.go). */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );
}

/**
 * A resource of a container in parts of its divisor, rounded up (Kubernetes v1.37.2 pkg/api/v1/resource/helpers.go,
 * ExtractContainerResourceValue). A limit that is not set would be what the node has to give, which nobody knows here.
 */
function resourceOf({ spec }: Pod, container: Container, { resource, containerName, divisor = '1' }: ResourceReference): string {
  const named = allContainers(spec).find(({ name }) => name === containerName);
  const [, kind = '', name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  const { resources } = named ?? container;
  const amount = (kind === 'limits' ? resources.limits : requestsOf(resources))[name];
  if (amount === undefined || kind === '') return '';
  const part = quantity(divisor, 1000) > 0n ? quantity(divisor, 1000) : 1000n;
  return String((quantity(amount, 1000) + part - 1n) / part);
}

/** A field that the pod knows of itself before it runs (Kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go, podFieldSelectorRuntimeValue). */
function fieldOf(node: KubeletNode, { metadata }: Pod, placement: Placement, path: string): string {
  const [, table, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (table === 'labels') return metadata.labels[key] ?? '';
  if (table === 'annotations') return metadata.annotations[key] ?? '';
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': placement.uid,
    'spec.nodeName': node.name,
    'spec.serviceAccountName': 'default',
    'status.podIP': placement.addresses?.[0] ?? '',
    'status.podIPs': placement.addresses?.join(',') ?? '',
  };
  return Object.hasOwn(fields, path) ? (fields[path] ?? '') : '';
}
