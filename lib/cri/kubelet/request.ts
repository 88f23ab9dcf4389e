import { create } from '@bufbuild/protobuf';
import { allContainers, type Container, type Pod } from '../../manifest/pod.ts';
import { podCgroup } from '../../model/cgroup-driver.ts';
import {
  type ContainerConfig,
  ContainerConfigSchema,
  type PodSandboxConfig,
  PodSandboxConfigSchema,
  Protocol,
} from '../gen/cri_pb.js';
import { dnsConfig } from './dns.ts';
import { environment, expand } from './environment.ts';
import { kubeletHas } from './facts.ts';
import { type IgnoredField, ignoredFields } from './ignored.ts';
import { devices, hostsPath, mounts, subPathObjects, terminationLogPath } from './mounts.ts';
import { hostname, podDirectory, podLabels, podLogDirectory } from './names.ts';
import type { KubeletNode } from './node.ts';
import { reasonNotRun } from './non-root.ts';
import type { AskedContainer, Placement } from './placement.ts';
import { isSidecar, qosClass } from './qos.ts';
import { containerResources, overheadResources, sandboxResources } from './resources.ts';
import { containerSecurity, sandboxSecurity } from './security.ts';
import { type NodeObject, volumeObjects } from './volumes.ts';

/** What a kubelet asks of an engine for a pod: RunPodSandbox, then one CreateContainer after the other. */
export interface KubeletRequest {
  handler: string;
  sandbox: PodSandboxConfig;
  /** In the order in which they start; an init container that is no sidecar ends before the next one starts. */
  containers: ContainerRequest[];
  /** What the kubelet makes on the node, or looks at, before it calls, in its order. */
  node: NodeObject[];
  /** What the pod asks for and a cluster of this version leaves out. */
  ignored: IgnoredField[];
}

export interface ContainerRequest {
  name: string;
  role: 'init' | 'sidecar' | 'main';
  config: ContainerConfig;
  /** The kubelet's own words where it never asks the engine for this container. */
  refused?: string;
}

/** A pod of a manifest as a kubelet would ask an engine for it. Throws an Error for a placement that lacks a container or a volume. */
export function kubeletRequest(node: KubeletNode, pod: Pod, placement: Placement): KubeletRequest {
  const all = allContainers(pod.spec).map((container): AskedContainer => {
    const own = placement.containers.get(container.name);
    if (own === undefined) throw new Error(`Cannot ask for the container "${container.name}": it has no image`);
    return { node, pod, container, placement, own };
  });
  return {
    handler: placement.handler,
    ignored: ignoredFields(node, pod),
    sandbox: sandboxConfig(node, pod, placement),
    containers: all.map((asked): ContainerRequest => {
      const { container } = asked;
      const refused = reasonNotRun(pod, container, placement);
      return {
        name: container.name,
        role: pod.spec.containers.includes(container) ? 'main' : isSidecar(node, pod.spec, container) ? 'sidecar' : 'init',
        config: containerConfig(asked),
        ...(refused === undefined ? {} : { refused }),
      };
    }),
    node: [
      { what: 'directory', path: podDirectory(node, placement), mode: 0o750 },
      ...volumeObjects(node, pod, placement),
      { what: 'directory', path: podLogDirectory(node, pod, placement), mode: 0o755 },
      { what: 'file', path: hostsPath(node, placement), mode: 0o644, text: hostsText(node, pod, placement) },
      ...all.flatMap((asked): NodeObject[] => [
        ...subPathObjects(asked, valuesOf(asked)),
        { what: 'directory', path: `${podLogDirectory(node, pod, placement)}/${asked.container.name}`, mode: 0o755 },
        { what: 'file', path: terminationLogPath(node, asked.container, placement), mode: 0o666, text: '' },
      ]),
    ],
  };
}

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, generatePodSandboxConfig. */
function sandboxConfig(node: KubeletNode, pod: Pod, placement: Placement): PodSandboxConfig {
  const { metadata, spec } = pod;
  return create(PodSandboxConfigSchema, {
    metadata: { name: metadata.name, namespace: metadata.namespace, uid: placement.uid },
    hostname: spec.hostNetwork === true ? '' : hostname(node, pod),
    logDirectory: podLogDirectory(node, pod, placement),
    dnsConfig: dnsConfig(node, pod),
    portMappings: spec.containers.flatMap((container) =>
      portsOf(pod, container).map(({ containerPort, hostPort = 0, hostIP = '', protocol }) => ({
        containerPort,
        hostPort,
        hostIp: hostIP,
        protocol: Protocol[protocol],
      })),
    ),
    labels: { ...metadata.labels, ...podLabels(pod, placement) },
    annotations: { ...metadata.annotations },
    linux: {
      cgroupParent: podCgroup(node.cgroupDriver, qosClass(node, spec), placement.uid),
      securityContext: sandboxSecurity(node, pod, placement),
      sysctls: Object.fromEntries((spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
      overhead: overheadResources(node, spec),
      resources: sandboxResources(node, spec, placement),
    },
  });
}

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_container.go, generateContainerConfig. */
function containerConfig(asked: AskedContainer): ContainerConfig {
  const { node, pod, container, placement, own } = asked;
  const { allocation } = own;
  const values = valuesOf(asked);
  const cdi = [...(own.claimedDevices ?? []), ...(kubeletHas(node, 'plugin-cdi') ? (allocation?.cdiDevices ?? []) : [])];
  return create(ContainerConfigSchema, {
    metadata: { name: container.name },
    image: { image: own.image.reference, userSpecifiedImage: container.image },
    command: container.command.map((word) => expand(word, values)),
    args: container.args.map((word) => expand(word, values)),
    workingDir: container.workingDir ?? '',
    envs: environment(asked),
    mounts: mounts(asked, values),
    devices: devices(asked),
    CDIDevices: [...new Set(cdi)].map((name) => ({ name })),
    labels: { ...podLabels(pod, placement), 'io.kubernetes.container.name': container.name },
    annotations: { ...allocation?.annotations, ...containerAnnotations(pod, container) },
    logPath: `${container.name}/0.log`,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    linux: {
      resources: containerResources(asked),
      securityContext: containerSecurity(asked),
    },
  });
}

/** A container's environment by name: what `$(NAME)` stands for. */
function valuesOf(asked: AskedContainer): ReadonlyMap<string, string> {
  return new Map(environment(asked).map(({ key, value }) => [key, value]));
}

/** Kubernetes v1.37.2 pkg/kubelet/kuberuntime/labels.go, but the hash, which only the kubelet reads. */
function containerAnnotations(pod: Pod, container: Container): Record<string, string> {
  return {
    'io.kubernetes.container.restartCount': '0',
    'io.kubernetes.container.terminationMessagePath': container.terminationMessagePath,
    'io.kubernetes.container.terminationMessagePolicy': container.terminationMessagePolicy,
    'io.kubernetes.pod.terminationGracePeriod': String(pod.spec.terminationGracePeriodSeconds),
    ...(container.ports.length === 0 ? {} : { 'io.kubernetes.container.ports': JSON.stringify(portsOf(pod, container)) }),
  };
}

/** In the order in which Go writes them. A pod in the node's network has each port itself (Kubernetes pkg/apis/core/v1/defaults.go). */
function portsOf({ spec }: Pod, { ports }: Container) {
  return ports.map(
    ({ name, containerPort, hostPort = spec.hostNetwork === true ? containerPort : undefined, protocol, hostIP }) => ({
      ...(name === undefined || name === '' ? {} : { name }),
      ...(hostPort === undefined || hostPort === 0 ? {} : { hostPort }),
      containerPort,
      protocol,
      ...(hostIP === undefined || hostIP === '' ? {} : { hostIP }),
    }),
  );
}

/** Kubernetes v1.37.2 pkg/kubelet/kubelet_pods.go, managedHostsFileContent. */
function hostsText(node: KubeletNode, pod: Pod, { addresses = [] }: Placement): string {
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...addresses.map((address) => `${address}\t${hostname(node, pod)}`),
    ...(pod.spec.hostAliases.length === 0 ? [] : ['', '# Entries added by HostAliases.']),
    ...pod.spec.hostAliases.map(({ ip, hostnames }) => `${ip}\t${hostnames.join('\t')}`),
    '',
  ].join('\n');
}
