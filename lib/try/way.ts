import type { Container } from '../cri/pod.ts';
import type { ContainerRequest } from '../cri/kubelet/request.ts';
import type { CriRequest } from '../model/cri-request.ts';
import type { KubeletWork } from '../model/kubelet-record.ts';
import type { Replay } from '../model/observation.ts';

/** How a pod of a manifest comes to an engine: podproof asks for it as a kubelet does, or gives it to a kubelet. */
export interface Way {
  /** The handler that its containers are to have. */
  handler: string;
  /** Begins to make the pod. Disposing ends it, and removes what was made for it. Throws CriError or KubeletRefusal where it is refused. */
  begin(): Promise<TrialPod>;
  /** What the engine was asked for one of its containers up to now, with what the probe tries there. */
  asked(container: string, attempts: readonly string[]): Promise<Asked>;
  /** What was said of it, without the ids that are others each time. */
  neutral(words: string): string;
}

export interface TrialPod extends AsyncDisposable {
  /** The container, once it runs; in the order of the pod. */
  run(container: ContainerRequest): Promise<Container>;
  /** Ends an init container, so that the next one starts. */
  end(container: Container): Promise<void>;
}

export interface Asked {
  request: CriRequest;
  replay?: Replay;
  kubelet?: KubeletWork;
}
