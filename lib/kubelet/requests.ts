import { fromJson, toJson } from '@bufbuild/protobuf';
import {
  CreateContainerRequestSchema,
  RunPodSandboxRequestSchema,
  type ContainerConfig,
  type CreateContainerRequest,
  type RunPodSandboxRequest,
} from '../cri/gen/cri_pb.js';
import type { RecordedRequest } from '../model/kubelet-record.ts';
import type { PodRequest } from './relay.ts';

/** Names of the proto file, as records have them. */
const names = { useProtoFieldName: true };

/** A request as records hold it, with the name of the pod that it is for. */
export function recordedRequest({ call, message }: PodRequest): { pod: string; request: RecordedRequest } {
  return call === 'RunPodSandbox'
    ? {
        pod: message.config?.metadata?.name ?? '',
        request: { call, request: toJson(RunPodSandboxRequestSchema, message, names) },
      }
    : {
        pod: message.sandboxConfig?.metadata?.name ?? '',
        request: { call, request: toJson(CreateContainerRequestSchema, message, names) },
      };
}

/** The first request for a sandbox; later ones are for another in its place. */
export function sandboxRequest(requests: readonly RecordedRequest[]): RunPodSandboxRequest | undefined {
  const first = requests.find(({ call }) => call === 'RunPodSandbox');
  return first && fromJson(RunPodSandboxRequestSchema, first.request);
}

/** The requests for containers, the first of each first: later ones are restarts. */
export function containerRequests(requests: readonly RecordedRequest[]): CreateContainerRequest[] {
  return requests
    .filter(({ call }) => call === 'CreateContainer')
    .map(({ request }) => fromJson(CreateContainerRequestSchema, request));
}

/** The first request for the container of this name. */
export function containerRequest(requests: readonly RecordedRequest[], name: string): CreateContainerRequest | undefined {
  return containerRequests(requests).find(({ config }) => config?.metadata?.name === name);
}

/** The devices of each request for a container, by its name. */
export function askedDevices(requests: readonly RecordedRequest[]): Map<string, ContainerConfig['devices']> {
  return new Map(containerRequests(requests).map(({ config }) => [config?.metadata?.name ?? '', config?.devices ?? []]));
}
