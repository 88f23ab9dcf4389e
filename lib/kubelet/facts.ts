import type { ComponentFacts } from '../engines/facts.ts';

const downloads = 'https://dl.k8s.io/release/v{version}/bin/linux/{arch}/{program}';

/** The kubelet of Kubernetes, as each release publishes it. */
export const kubelet = {
  program: 'kubelet',
  /** The oldest whose requests are known (`lib/cri/kubelet/facts.ts`). */
  oldest: '1.28.0',
  features: [
    {
      feature: 'engine-by-name',
      key: ':authority',
      since: '1.29.0',
      citation: 'Kubernetes v1.28.15 go.mod: google.golang.org/grpc v1.56.3, clientconn.go determineAuthority: a bare path',
    },
    {
      feature: 'pod-logs-directory',
      key: 'podLogsDir',
      since: '1.30.0',
      citation: 'Kubernetes v1.34.4 pkg/kubelet/apis/config/types.go PodLogsDir; v1.28.15 has no such field',
    },
    {
      feature: 'cgroup-v1-on-request',
      key: 'failCgroupV1',
      since: '1.31.0',
      citation:
        'Kubernetes v1.37.2 pkg/kubelet/apis/config/types.go FailCgroupV1: true by default, and the kubelet does not start',
    },
  ],
  releases: [{ versions: '>=1.6.0', url: downloads, sums: '{url}.sha256', programs: ['kubelet'] }],
  hostLimits: [],
} as const satisfies ComponentFacts & { oldest: string };
