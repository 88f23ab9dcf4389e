import type { DescMessage, Message } from '@bufbuild/protobuf';
import { crictlJson } from '../cri/crictl.ts';
import {
  ContainerConfigSchema,
  PodSandboxConfigSchema,
  type CreateContainerRequest,
  type RunPodSandboxRequest,
} from '../cri/gen/cri_pb.js';
import type { KubeletNode } from '../cri/kubelet/node.ts';
import type { ContainerPlacement, Placement } from '../cri/kubelet/placement.ts';
import { kubeletRequest } from '../cri/kubelet/request.ts';
import type { Pod } from '../manifest/pod.ts';
import { readManifest } from '../manifest/read.ts';
import type { RecordedNode, RecordedPod, RequestDifference } from '../model/kubelet-record.ts';
import { containerRequests, sandboxRequest } from './requests.ts';

/**
 * Every field in which podproof's own translation of a manifest differs from what a kubelet asked for the same pod. Ids of the pod,
 * its image and its ids on the host are taken from the kubelet; hashes and times, which it draws for itself, are left out.
 */
export function requestDifferences(node: RecordedNode, recorded: RecordedPod): RequestDifference[] {
  const sandbox = sandboxRequest(recorded.requests);
  if (sandbox === undefined) throw new Error('Cannot compare requests: none made a sandbox');
  const containers = containerRequests(recorded.requests);
  const ours = kubeletRequest(nodeOf(node), staticPod(recorded.manifest, node), placementOf(recorded, sandbox, containers));
  const differences = [
    ...compare('sandbox', PodSandboxConfigSchema, ours.sandbox, sandbox.config),
    ...scalar('sandbox: runtime_handler', ours.handler, sandbox.runtimeHandler),
  ];
  for (const { name, config, refused } of ours.containers) {
    const theirs = containers.find((request) => request.config?.metadata?.name === name);
    if (theirs === undefined && refused !== undefined) continue;
    differences.push(
      ...compare(`container ${name}`, ContainerConfigSchema, config, theirs?.config),
      ...compare(`container ${name}: sandbox_config`, PodSandboxConfigSchema, ours.sandbox, theirs?.sandboxConfig),
    );
  }
  return differences;
}

/** A recorded node as requests are made for it. */
export function nodeOf({ gates, ...node }: RecordedNode): KubeletNode {
  return { ...node, gates: Object.fromEntries(gates.map((feature) => [feature, true])) };
}

/** A pod as a kubelet makes it of a file: named after its node too (Kubernetes pkg/kubelet/config/common.go, applyDefaults). */
export function staticPod(manifest: string, node: Pick<KubeletNode, 'version' | 'name'>): Pod {
  const { workloads } = readManifest(manifest, { file: 'manifest', schema: node.version.split('.').slice(0, 2).join('.') });
  const [workload] = workloads;
  if (workload === undefined) throw new Error('Cannot compare requests: the manifest has no pod');
  const { metadata } = workload.pod;
  return { ...workload.pod, metadata: { ...metadata, name: `${metadata.name}-${node.name}` } };
}

function placementOf(
  { allocations }: RecordedPod,
  { config }: RunPodSandboxRequest,
  containers: readonly CreateContainerRequest[],
): Placement {
  const [ids] = config?.linux?.securityContext?.namespaceOptions?.usernsOptions?.uids ?? [];
  return {
    uid: config?.metadata?.uid ?? '',
    handler: '',
    ...(ids === undefined ? {} : { userNamespace: { hostId: ids.hostId, length: ids.length } }),
    containers: new Map(
      containers.map((container): [string, ContainerPlacement] => {
        const name = container.config?.metadata?.name ?? '';
        const allocation = allocations.find((each) => each.container === name);
        const cpus = container.config?.linux?.resources?.cpusetCpus ?? '';
        return [
          name,
          {
            image: { reference: container.config?.image?.image ?? '' },
            ...(allocation === undefined ? {} : { allocation }),
            ...(cpus === '' ? {} : { cpus }),
          },
        ];
      }),
    ),
  };
}

function compare(where: string, schema: DescMessage, ours: Message, theirs: Message | undefined): RequestDifference[] {
  const [left, right] = [ours, theirs].map((message) =>
    leaves(message === undefined ? {} : inOrder(crictlJson(schema, message))),
  );
  const fields = [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])].sort();
  return fields.flatMap((field) => scalar(`${where}: ${field}`, left?.get(field), right?.get(field)));
}

/** A kubelet sends the environment in the order of a Go map, which is another each time. */
function inOrder(config: Record<string, unknown>): Record<string, unknown> {
  const { envs } = config;
  if (!Array.isArray(envs)) return config;
  return { ...config, envs: envs.map((each) => JSON.stringify(each)).sort() };
}

function scalar(field: string, ours: string | undefined, kubelet: string | undefined): RequestDifference[] {
  if (ours === kubelet) return [];
  return [{ field, ...(ours === undefined ? {} : { ours }), ...(kubelet === undefined ? {} : { kubelet }) }];
}

/** Drawn by the kubelet for itself: hashes, and when it saw the pod. */
const itsOwn = /annotations\["(kubernetes\.io\/config\.\w+|io\.kubernetes\.container\.hash)"\]$/;
/** The file of a container's last words, whose name the kubelet draws at random. */
const lastWords = /(\/pods\/[^/]+\/containers\/[^/]+\/)[0-9a-f]{8}(?=")/;

/** What the kubelet mounts for a subPath below its own directory; podproof mounts the directory in the volume itself. */
const subPath = /\/(?:volume-subpaths\/([^/"]+)\/[^/"]+\/\d+|volumes\/[^/"]+\/([^/"]+)\/[^"]+)(?=")/;

/** Every leaf by its path: `mounts[0].host_path`, `annotations["a/b"]`, in JSON. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (Array.isArray(value)) return join(value.map((child, index) => leaves(child, `${path}[${index}]`)));
  if (typeof value === 'object' && value !== null) {
    const children = Object.entries(value).map(([key, child]) =>
      leaves(child, /^\w+$/.test(key) ? (path === '' ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`),
    );
    return join(children);
  }
  return new Map(itsOwn.test(path) ? [] : [[path, neutral(JSON.stringify(value))]]);
}

function join(maps: ReadonlyArray<Map<string, string>>): Map<string, string> {
  return new Map(maps.flatMap((map) => [...map]));
}

function neutral(value: string): string {
  return value
    .replace(lastWords, '$1*')
    .replace(subPath, (_, theirs: string | undefined, ours: string | undefined) => `/a subPath of ${theirs ?? ours}`);
}
