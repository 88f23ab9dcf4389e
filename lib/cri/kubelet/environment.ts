import type { Container, Pod } from '../../manifest/pod.ts';
import type { KubeletNode } from './node.ts';
import type { Allocation, Placement } from './placement.ts';

/**
 * The environment that the kubelet sends: what device plugins ask for, then the container's own (Kubernetes v1.37.2
 * pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables; it sends them in no order). A value that only a cluster has is empty.
 */
export function environment(
  node: KubeletNode,
  pod: Pod,
  container: Container,
  placement: Placement,
  allocation: Allocation | undefined,
): { key: string; value: string }[] {
  const own = new Map<string, string>();
  for (const { name, value = '', valueFrom } of container.env) {
    const path = value === '' ? valueFrom?.fieldRef?.fieldPath : undefined;
    own.set(name, path === undefined ? expand(value, own) : fieldOf(node, pod, placement, path));
  }
  return [...Object.entries(allocation?.env ?? {}), ...own].map(([key, value]) => ({ key, value }));
}

/** Replaces `$(NAME)` by its value; an unknown one stays, and `$$` is one `$` (Kubernetes third_party/forked/golang/expansion/expand.go). */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );
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
