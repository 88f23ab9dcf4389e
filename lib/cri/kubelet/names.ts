import { posix } from 'node:path';
import type { Pod } from '../../manifest/pod.ts';
import { kubeletHas } from './facts.ts';
import type { KubeletNode } from './node.ts';
import type { Placement } from './placement.ts';

/** Where the kubelet keeps what belongs to a pod (Kubernetes v1.37.2 pkg/kubelet/kubelet_getters.go). */
export function podDirectory(node: KubeletNode, { uid }: Placement): string {
  return posix.join(node.rootDirectory, 'pods', uid);
}

/** Where the logs of a pod's containers are (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/helpers.go, BuildPodLogsDirectory). */
export function podLogDirectory(node: KubeletNode, { metadata }: Pod, { uid }: Placement): string {
  return posix.join(node.logDirectory, `${metadata.namespace}_${metadata.name}_${uid}`);
}

/** The pod's host name: what the pod asks for, or its name, in at most 63 characters (Kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go). */
export function hostname(node: KubeletNode, { metadata, spec }: Pod): string {
  const override = kubeletHas(node, 'hostname-override') ? spec.hostnameOverride : undefined;
  return (override ?? spec.hostname ?? metadata.name).slice(0, 63).replace(/[-.]+$/, '');
}

/** Labels by which the kubelet finds its pods and containers again (Kubernetes v1.37.2 staging/src/k8s.io/kubelet/pkg/types/labels.go). */
export function podLabels({ metadata }: Pod, { uid }: Placement): Record<string, string> {
  return {
    'io.kubernetes.pod.name': metadata.name,
    'io.kubernetes.pod.namespace': metadata.namespace,
    'io.kubernetes.pod.uid': uid,
  };
}
