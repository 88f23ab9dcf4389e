import { z } from 'zod';
import type { Remote } from '../hosts/host.ts';
import { readOnlyPort } from './config.ts';

const Waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  containerID: z.string().default('').describe('containerd://ID'),
  state: z.object({ waiting: Waiting.optional(), running: z.looseObject({}).optional() }).default({}),
});

/** What a kubelet says of a pod. */
export const PodStatus = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
  status: z
    .object({
      phase: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
      initContainerStatuses: z.array(ContainerStatus).default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
    })
    .prefault({}),
});
export type PodStatus = z.infer<typeof PodStatus>;

const PodList = z.object({ items: z.array(PodStatus).nullish() });

/** Every pod that the kubelet of this host knows. Throws an Error when it does not answer. */
export async function podsOf(remote: Pick<Remote, 'exec'>, signal: AbortSignal): Promise<PodStatus[]> {
  const url = `http://127.0.0.1:${readOnlyPort}/pods`;
  const { exitCode, stdout, stderr } = await remote.exec(['busybox', 'wget', '-q', '-O', '-', url], { signal });
  if (exitCode !== 0) throw new Error(`Cannot read the pods of the kubelet: ${stderr.trim()}`);
  return PodList.parse(JSON.parse(stdout)).items ?? [];
}

/** Whether there is an answer: every container runs and is ready, or the pod is refused. */
export function isSettled(pod: PodStatus): boolean {
  return refusalOf(pod) !== undefined || isReady(pod);
}

/** Whether every container runs and is ready. */
export function isReady({ status: { phase, containerStatuses } }: PodStatus): boolean {
  return phase === 'Running' && containerStatuses.every(({ ready }) => ready);
}

/** The id by which the engine knows a container that runs; undefined where it does not. */
export function runningId({ status }: PodStatus, container: string): string | undefined {
  const own = [...status.initContainerStatuses, ...status.containerStatuses].find(({ name }) => name === container);
  return own?.state.running === undefined ? undefined : own.containerID.slice(own.containerID.lastIndexOf('/') + 1);
}

/** What the kubelet calls a container that was refused, by the call that failed (Kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go). */
const refusedCalls: Readonly<Record<string, string>> = {
  CreateContainerConfigError: 'kubelet',
  CreateContainerError: 'CreateContainer',
  RunContainerError: 'StartContainer',
};

/** Who refused the pod, and with which words: the kubelet itself before it asked an engine, `Admission`, or a call of the engine. */
export function refusalOf({ status }: PodStatus): { call: string; code: string; message: string } | undefined {
  if (status.phase === 'Failed') return { call: 'Admission', code: status.reason, message: status.message };
  const waiting = [...status.initContainerStatuses, ...status.containerStatuses].flatMap(({ state }) => state.waiting ?? []);
  return waiting.flatMap(({ reason, message }) => {
    const call = refusedCalls[reason];
    return call === undefined ? [] : [{ call, code: reason, message }];
  })[0];
}
