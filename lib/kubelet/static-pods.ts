import type { Remote } from '../hosts/host.ts';
import { monotonicMs } from '../util/clock.ts';
import { waitFor, type WaitOptions } from '../util/wait.ts';
import { kubeletPlaces, nodeName, type KubeletSpec } from './config.ts';
import { PodStatus, podsOf } from './pods.ts';

/** The static pods of a kubelet that runs: whoever reaches its host can see them. */
export interface StaticPods {
  /**
   * Writes the manifest of a pod; the kubelet finds it. `name` is that of the pod and of the file. Disposing takes it back, and waits
   * until the kubelet has ended the pod and removed its control groups: a slice that goes may take a controller from others that have
   * no scope (kubernetes/kubernetes#131567). It throws an Error at the deadline.
   */
  add(name: string, manifest: string): Promise<AsyncDisposable>;
  /** Why the kubelet cannot make the pod, in the newest words of its log; undefined where it says nothing of the kind. */
  trouble(name: string): Promise<Trouble | undefined>;
  /** What the kubelet says of the pod, once `done` likes it. Throws an Error with the last status at the deadline. */
  waitFor(name: string, done: (pod: PodStatus) => boolean | Promise<boolean>, timeoutMs?: number): Promise<PodStatus>;
}

/** What a kubelet says at each try. */
export interface Trouble {
  message: string;
  /** How long it has said nothing else. */
  forMs: number;
}

/** Those of the kubelet with this directory. One that does not answer for `silentMs` is awaited no longer. */
export function staticPods(
  remote: Pick<Remote, 'exec' | 'write'>,
  spec: Pick<KubeletSpec, 'version' | 'directory'>,
  signal: AbortSignal,
  silentMs = 10_000,
): StaticPods {
  const file = (name: string): string => `${kubeletPlaces(spec).manifests}/${name}.yaml`;
  /** By the name of the pod. */
  const uids = new Map<string, string>();
  /** Asks for the pod until `attempt` has what it waits for; a kubelet that is gone, and mostly its host with it, ends the wait. */
  const asking = <T>(
    name: string,
    options: Pick<WaitOptions, 'name' | 'timeoutMs' | 'signal'>,
    attempt: (pod: PodStatus | undefined, deadline: AbortSignal) => Promise<T | undefined>,
  ): Promise<T> => {
    /** When the first of the newest questions was asked that had no answer. */
    let silentSince: number | undefined;
    const alive = (): void => {
      if (silentSince !== undefined && monotonicMs() - silentSince >= silentMs)
        throw new Error(`Cannot ask the kubelet for its pods: it has not answered for ${Math.round(silentMs / 1000)} s`);
    };
    return waitFor({ ...options, intervalMs, alive }, async (deadline) => {
      silentSince ??= monotonicMs();
      const pods = await podsOf(remote, deadline);
      silentSince = undefined;
      const pod = pods.find(({ metadata }) => metadata.name === `${name}-${nodeName}`);
      if (pod !== undefined) uids.set(name, pod.metadata.uid);
      return attempt(pod, deadline);
    });
  };
  /** What it says in the newest line of its log with this title and these words, and in those before it with the same. */
  const logged = async (title: string, words: string, stop: AbortSignal): Promise<Trouble | undefined> => {
    const { stdout } = await remote.exec(['grep', '-F', words, kubeletPlaces(spec).log], { signal: stop });
    const lines = stdout.split('\n').filter((each) => each.includes(`"${title}" err="`));
    const said = lines.map((line) => / err="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? '');
    const newest = said.at(-1);
    if (newest === undefined) return undefined;
    const since = said.findLastIndex((each) => each !== newest) + 1;
    const forMs = (timeOfDay(lines.at(-1)) - timeOfDay(lines[since]) + day) % day;
    return { message: newest.replaceAll(/\\(.)/g, '$1'), forMs };
  };
  /** What it cannot take for a pod it tells its log alone (Kubernetes pkg/kubelet/config/file.go, listConfig). */
  const rejected = async (name: string, stop: AbortSignal): Promise<PodStatus | undefined> => {
    const trouble = await logged('Could not process manifest file', `path="${file(name)}"`, stop);
    if (trouble === undefined) return undefined;
    const metadata = { name: `${name}-${nodeName}`, namespace: '', uid: '' };
    return PodStatus.parse({ metadata, status: { phase: 'Failed', reason: 'InvalidManifest', message: trouble.message } });
  };
  const remove = async (name: string): Promise<void> => {
    await remote.exec(['rm', '-f', file(name)]);
    // Also when the run was stopped, its pods are to be ended before their kubelet is.
    const options = { name: `see the kubelet end the pod ${name}`, timeoutMs: 90_000 };
    await asking(name, options, async (pod, deadline) => {
      if (pod !== undefined) return undefined;
      const uid = uids.get(name);
      return uid === undefined || (await groupsOf(uid, deadline)) === '' ? true : undefined;
    });
  };
  /** The control groups of the pod with this uid, a line each. */
  const groupsOf = async (uid: string, stop: AbortSignal): Promise<string> =>
    (await remote.exec(['sh', '-c', listGroups, 'sh', uid.replaceAll('-', '_'), uid], { signal: stop })).stdout;
  return {
    async add(name, manifest) {
      const removed = { [Symbol.asyncDispose]: () => remove(name) };
      // Half a manifest, or one under another name for a moment, would be a pod of its own.
      const staged = `${spec.directory}/staging/${name}.yaml`;
      await remote.write(staged, manifest);
      await remote.exec(['mv', staged, file(name)]);
      return removed;
    },
    // Kubernetes pkg/kubelet/pod_workers.go, podWorkerLoop.
    trouble: (name) => logged('Error syncing pod, skipping', `/${name}-${nodeName}"`, signal),
    waitFor(name, done, timeoutMs = 120_000) {
      const options = { name: `see the pod ${name} of the kubelet`, timeoutMs, signal };
      return asking(name, options, async (known, deadline) => {
        const pod = known ?? (await rejected(name, deadline));
        if (pod === undefined) throw new Error('the kubelet knows no such pod');
        if (await done(pod)) return pod;
        throw new Error(`it is ${pod.status.phase} ${pod.status.reason} ${pod.status.message}`.trimEnd());
      });
    },
  };
}

/** To ask is dear where the host is emulated: it takes a fifth of the time at most, and a second passes at most. */
const intervalMs = (tookMs: number): number => Math.min(1_000, Math.max(100, 4 * tookMs));

/** Of slices and of plain groups, in hierarchies of version 1 and in the one of version 2. */
const listGroups = `
for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
  ls -d "$root"/kubepods*/*pod"$1".slice "$root"/kubepods*/*/*pod"$1".slice "$root"/kubepods/pod"$2" "$root"/kubepods/*/pod"$2" 2>/dev/null
done
:`;

const day = 24 * 3_600_000;

/** Milliseconds since midnight of a line of klog, `E1129 08:00:00.000000 …`; 0 where it has no time. */
function timeOfDay(line = ''): number {
  const [, hours, minutes, seconds] = /^[IWEF]\d{4} (\d\d):(\d\d):(\d\d\.\d+)/.exec(line) ?? [];
  return ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1_000;
}
