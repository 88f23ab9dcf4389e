import { readManifest } from '../manifest/read.ts';
import type { Workload } from '../manifest/workload.ts';
import type { Credentials } from '../model/credentials.ts';
import { credentials } from './evidence.ts';

/** The only workload of a manifest. */
export function workloadOf(text: string): Workload {
  const [workload] = readManifest(text, { file: 'pod.yaml', schema: '1.37' }).workloads;
  if (workload === undefined) throw new Error('the manifest has no workload');
  return workload;
}

/** A Deployment whose container asks for a GPU as user 1000. `context` and `container` are lines of YAML. */
export function mediaWorkload(lines?: Parameters<typeof mediaManifest>[0]): Workload {
  return workloadOf(mediaManifest(lines));
}

export function mediaManifest({ context = 'runAsUser: 1000', container = '' } = {}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: media
spec:
  selector:
    matchLabels: {app: media}
  template:
    metadata:
      labels: {app: media}
    spec:
      securityContext: {${context}}
      containers:
        - name: media
          image: example.com/media:1
          ${container}
          resources:
            limits:
              gpu.intel.com/i915: 1
`;
}

/** A process of user and group 1000 without capabilities. */
export const plainUser: Credentials = {
  ...credentials,
  ...{ gids: [1000, 1000, 1000, 1000], groups: [1000], capBnd: '0000000000000000', noNewPrivs: 1, seccomp: 2 },
};
