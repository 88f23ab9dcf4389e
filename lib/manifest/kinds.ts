import type { Path } from './path.ts';

/** A kind of document that makes pods: its type in the schema, and where its pod is. */
export interface WorkloadKind {
  apiVersion: string;
  podPath: Path;
  /** What its pods' names end in, so far as that can be known. */
  suffix: string;
}

const template: Path = ['spec', 'template'];

/** By kind. Their controllers name pods by chance; a StatefulSet counts them. */
export const workloadKinds: Readonly<Record<string, WorkloadKind>> = {
  Pod: { apiVersion: 'v1', podPath: [], suffix: '' },
  Deployment: { apiVersion: 'apps/v1', podPath: template, suffix: '-0' },
  DaemonSet: { apiVersion: 'apps/v1', podPath: template, suffix: '-0' },
  StatefulSet: { apiVersion: 'apps/v1', podPath: template, suffix: '-0' },
  ReplicaSet: { apiVersion: 'apps/v1', podPath: template, suffix: '-0' },
  Job: { apiVersion: 'batch/v1', podPath: template, suffix: '-0' },
  CronJob: { apiVersion: 'batch/v1', podPath: ['spec', 'jobTemplate', 'spec', 'template'], suffix: '-0' },
};
