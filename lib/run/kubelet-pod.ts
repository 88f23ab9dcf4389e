import { z } from 'zod';
import { CriError } from '../cri/error.ts';
import type { Remote } from '../hosts/host.ts';
import type { KubeletOptions } from '../kubelet/kubelet.ts';
import { refusalOf, runningId, type PodStatus } from '../kubelet/pods.ts';
import { recordedRequest, sandboxRequest } from '../kubelet/requests.ts';
import { staticPods } from '../kubelet/static-pods.ts';
import { RecordedRequest } from '../model/kubelet-record.ts';
import { appendRecord, readRecords } from '../record/ndjson.ts';
import type { KubeletContext } from './worker-context.ts';

/** One line of the file in which the requests of a kubelet are: the name of the pod, and what was asked for it or refused. */
const HeardLine = z.object({
  pod: z.string(),
  request: RecordedRequest.optional(),
  refused: z.object({ call: z.string(), code: z.string(), message: z.string() }).optional(),
});

/** Writes what passes between a kubelet and its engine into a file, which whoever launches pods reads. */
export function heardInto(file: string): Required<Pick<KubeletOptions, 'onRequest' | 'onRefused'>> {
  return {
    onRequest: (request) => appendRecord(file, recordedRequest(request)),
    onRefused: (request, { code, message }) =>
      appendRecord(file, { pod: recordedRequest(request).pod, refused: { call: request.call, code, message } }),
  };
}

/**
 * A kubelet that could not make a pod tries again after 10 to 15 s, and after 1 s while the network of its node is not ready, which passes
 * (Kubernetes pkg/kubelet/pod_workers.go, completeWork).
 */
const threeTries = 20_000;
const syncPod = { call: 'kubelet', code: 'SyncPod' };

/** The controllers that a control group of version 2 could have from the one above it, and has not. */
const lackingScript = `
[ -e "$1/cgroup.controllers" ] || exit 0
for each in $(cat "\${1%/*}/cgroup.controllers"); do
  case " $(cat "$1/cgroup.controllers") " in *" $each "*) ;; *) echo "$each" ;; esac
done`;

type Heard = Pick<KubeletContext, 'node' | 'requests'>;

/** All lines of one pod up to now; `name` is that of its manifest. */
async function heardOf({ node, requests }: Heard, name: string): Promise<Array<z.infer<typeof HeardLine>>> {
  return (await readRecords(requests, HeardLine)).filter(({ pod }) => pod === `${name}-${node.name}`);
}

/** What a kubelet has asked for a pod up to now. */
export async function requestsFor(kubelet: Heard, name: string): Promise<RecordedRequest[]> {
  return (await heardOf(kubelet, name)).flatMap(({ request }) => request ?? []);
}

/** A pod that a kubelet is given as a manifest. Disposing takes it back, and waits until the kubelet has ended it. */
export interface KubeletPod extends AsyncDisposable {
  /** What the kubelet has asked for it up to now. */
  requests(): Promise<RecordedRequest[]>;
  /** What the kubelet says of it, once `done` likes it. Throws CriError where the kubelet or the engine refuses it. */
  once(done: (pod: PodStatus) => boolean): Promise<PodStatus>;
  /**
   * Whether the kubelet has ended this container of it, which ran: it does so where the slice of a pod lacks a controller, as it takes
   * that for no slice at all (Kubernetes v1.37.2 pkg/kubelet/kubelet.go SyncPod).
   */
  ended(container: { name: string; id: string }): Promise<CriError | undefined>;
}

/** Gives a kubelet the manifest of a pod of this name. */
export async function kubeletPod(
  kubelet: Pick<KubeletContext, 'node' | 'requests' | 'directory'>,
  { remote, signal }: { remote: Pick<Remote, 'exec' | 'write'>; signal: AbortSignal },
  { name, manifest }: { name: string; manifest: string },
): Promise<KubeletPod> {
  const { node, directory } = kubelet;
  const pods = staticPods(remote, { version: node.version, directory }, signal);
  const added = await pods.add(name, manifest);
  /** What it cannot make it tries without end, and asks the engine for nothing. */
  const unmade = async () => {
    const trouble = await pods.trouble(name);
    return trouble === undefined || trouble.forMs < threeTries ? undefined : { ...syncPod, message: trouble.message };
  };
  return {
    requests: () => requestsFor(kubelet, name),
    async once(done) {
      let refused: { call: string; code: string; message: string } | undefined;
      const pod = await pods.waitFor(name, async (seen) => {
        const heard = await heardOf(kubelet, name);
        // The kubelet tells of a sandbox that is refused in its events alone, and tries again.
        const sandbox = heard.flatMap((line) => line.refused ?? []).find(({ call }) => call === 'RunPodSandbox');
        refused = refusalOf(seen) ?? sandbox ?? (heard.length === 0 ? await unmade() : undefined);
        return refused !== undefined || done(seen);
      });
      if (refused !== undefined) throw new CriError(refused.call, refused.code, refused.message);
      return pod;
    },
    async ended(container) {
      const slice = sandboxRequest(await requestsFor(kubelet, name))?.config?.linux?.cgroupParent ?? '';
      const { stdout } = await remote.exec(['sh', '-c', lackingScript, 'sh', `/sys/fs/cgroup${slice}`], { signal });
      const lacking = stdout.trim().split(/\s+/).join(', ');
      if (lacking === '') return undefined;
      const other = (pod: PodStatus): boolean => runningId(pod, container.name) !== container.id;
      const gone = await pods.waitFor(name, other, 30_000).catch(() => undefined);
      signal.throwIfAborted();
      return (
        gone && new CriError('kubelet', 'Ended', `it ended the container ${container.name}: the slice ${slice} lacks ${lacking}`)
      );
    },
    [Symbol.asyncDispose]: () => added[Symbol.asyncDispose](),
  };
}
