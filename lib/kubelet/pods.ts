import { z } from 'zod';
import type { Remote } from '../hosts/host.ts';
import { readOnlyPort } from './config.ts';

/** What a kubelet says of a pod. */
export const PodStatus = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
  status: z
    .object({
      phase: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
      containerStatuses: z
        .array(z.object({ name: z.string(), ready: z.boolean(), containerID: z.string().default('') }))
        .default([]),
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
