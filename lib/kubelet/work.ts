import { crictlConfigs } from '../cri/crictl.ts';
import { requestFacts } from '../cri/request-facts.ts';
import type { CriRequest } from '../model/cri-request.ts';
import type { KubeletWork, RecordedPod, RecordedRequest } from '../model/kubelet-record.ts';
import { Replay } from '../model/observation.ts';
import { requestDifferences } from './differences.ts';
import { containerRequest, sandboxRequest } from './requests.ts';

/** The kubelet itself: its version, its checksum and its node. */
export type KubeletIdentity = Pick<KubeletWork, 'version' | 'sha256' | 'node'>;

/** What a kubelet made of a manifest, held against podproof's own translation of it. `container` is the one that is looked into. */
export function kubeletWork({ version, sha256, node }: KubeletIdentity, pod: RecordedPod, container: string): KubeletWork {
  const differences = sandboxRequest(pod.requests) === undefined ? [] : requestDifferences(node, pod);
  return { version, sha256, node, pod, container, differences };
}

/** What an engine was asked for the container of this name, and for its sandbox. `handler` is the engine's default. */
export function criRequestOf(requests: readonly RecordedRequest[], container: string, handler: string): CriRequest {
  return requestFacts({
    handler,
    sandbox: sandboxRequest(requests)?.config,
    container: containerRequest(requests, container)?.config,
  });
}

/** What an observation keeps of a container that a kubelet asked for; nothing to launch it again where the engine was not asked for it. */
export function askedBy(
  kubelet: KubeletIdentity,
  pod: RecordedPod,
  container: string,
  { handler, probe }: { handler: string; probe: readonly string[] },
): { request: CriRequest; kubelet: KubeletWork; replay?: Replay } {
  const { requests } = pod;
  const sandbox = sandboxRequest(requests)?.config;
  const config = containerRequest(requests, container)?.config;
  const again = sandbox && config && Replay.parse({ ...crictlConfigs(sandbox, config), probe });
  return {
    request: criRequestOf(requests, container, handler),
    kubelet: kubeletWork(kubelet, pod, container),
    ...(again === undefined ? {} : { replay: again }),
  };
}
