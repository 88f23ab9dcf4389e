import { z } from 'zod';

/*
 * The fields of a pod that decide what its processes may touch, in the words of the Kubernetes API (v1 PodSpec). What a manifest holds
 * beside them is listed as not looked at. A field that is left out stays undefined: the kubelet tells it from a zero.
 */

const text = z.string().optional();
const flag = z.boolean().optional();
/** Ids and counts: 64 bits in the API, and far below 2^53 in fact. */
const whole = z.number().int().optional();
const texts = z.record(z.string(), z.string()).default({});
/** Written as a text or a number: `128Mi`, `2`, `0.5`. */
const quantity = z.union([z.string(), z.number()]).transform(String);
const quantities = z.record(z.string(), quantity).default({});

const Profile = z.object({ type: z.enum(['RuntimeDefault', 'Unconfined', 'Localhost']), localhostProfile: text });
const SelinuxOptions = z.object({ user: text, role: text, type: text, level: text });

const SecurityContext = z.object({
  runAsUser: whole,
  runAsGroup: whole,
  runAsNonRoot: flag,
  privileged: flag,
  allowPrivilegeEscalation: flag,
  readOnlyRootFilesystem: flag,
  capabilities: z.object({ add: z.array(z.string()).default([]), drop: z.array(z.string()).default([]) }).optional(),
  seccompProfile: Profile.optional(),
  appArmorProfile: Profile.optional(),
  seLinuxOptions: SelinuxOptions.optional(),
  procMount: z.enum(['Default', 'Unmasked']).optional(),
});
export type SecurityContext = z.infer<typeof SecurityContext>;

const PodSecurityContext = z.object({
  runAsUser: whole,
  runAsGroup: whole,
  runAsNonRoot: flag,
  supplementalGroups: z.array(z.number().int()).optional(),
  supplementalGroupsPolicy: z.enum(['Merge', 'Strict']).optional(),
  fsGroup: whole,
  fsGroupChangePolicy: z.enum(['OnRootMismatch', 'Always']).optional(),
  seccompProfile: Profile.optional(),
  appArmorProfile: Profile.optional(),
  seLinuxOptions: SelinuxOptions.optional(),
  sysctls: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});
export type PodSecurityContext = z.infer<typeof PodSecurityContext>;

const Resources = z
  .object({
    requests: quantities,
    limits: quantities,
    /** The pod's claims that this container uses, by the pod's own name of them. */
    claims: z.array(z.object({ name: z.string(), request: text })).default([]),
  })
  .default({ requests: {}, limits: {}, claims: [] });
export type Resources = z.infer<typeof Resources>;

/** A value, or a reference that only a cluster can resolve. */
const EnvironmentVariable = z.object({
  name: z.string(),
  value: text,
  valueFrom: z
    .object({
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      resourceFieldRef: z.object({ resource: z.string(), containerName: text, divisor: quantity.optional() }).optional(),
    })
    .optional(),
});

export type ResourceReference = NonNullable<NonNullable<z.infer<typeof EnvironmentVariable>['valueFrom']>['resourceFieldRef']>;

const VolumeMount = z.object({
  name: z.string(),
  mountPath: z.string(),
  readOnly: flag,
  recursiveReadOnly: z.enum(['Disabled', 'IfPossible', 'Enabled']).optional(),
  subPath: text,
  subPathExpr: text,
  mountPropagation: z.enum(['None', 'HostToContainer', 'Bidirectional']).optional(),
});
export type VolumeMount = z.infer<typeof VolumeMount>;

const Container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  workingDir: text,
  env: z.array(EnvironmentVariable).default([]),
  ports: z
    .array(
      z.object({
        name: text,
        containerPort: z.number().int(),
        hostPort: whole,
        hostIP: text,
        protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
      }),
    )
    .default([]),
  resources: Resources,
  restartPolicy: z.string().optional(),
  securityContext: SecurityContext.optional(),
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
  terminationMessagePath: z.string().default('/dev/termination-log'),
  terminationMessagePolicy: z.string().default('File'),
  volumeMounts: z.array(VolumeMount).default([]),
  volumeDevices: z.array(z.object({ name: z.string(), devicePath: z.string() })).default([]),
});
export type Container = z.infer<typeof Container>;

/** What a path of the node must be before the pod may start (v1 HostPathType). */
const HostPathType = z.enum([
  '',
  'DirectoryOrCreate',
  'Directory',
  'FileOrCreate',
  'File',
  'Socket',
  'CharDevice',
  'BlockDevice',
]);
export type HostPathType = z.infer<typeof HostPathType>;

/** The sources that decide which files a pod sees; any other is replaced by an empty directory. */
const Volume = z.looseObject({
  name: z.string(),
  hostPath: z.object({ path: z.string(), type: HostPathType.default('') }).optional(),
  emptyDir: z.object({ medium: z.string().default(''), sizeLimit: quantity.optional() }).optional(),
  persistentVolumeClaim: z.object({ claimName: z.string(), readOnly: flag }).optional(),
});
export type Volume = z.infer<typeof Volume>;

const ResourceClaim = z.object({ name: z.string(), resourceClaimName: text, resourceClaimTemplateName: text });

export const PodSpec = z.object({
  containers: z.array(Container),
  initContainers: z.array(Container).default([]),
  volumes: z.array(Volume).default([]),
  securityContext: PodSecurityContext.optional(),
  hostNetwork: flag,
  hostPID: flag,
  hostIPC: flag,
  hostUsers: flag,
  shareProcessNamespace: flag,
  hostname: text,
  hostnameOverride: text,
  runtimeClassName: text,
  overhead: quantities,
  /** Resources of the whole pod, which its containers share. */
  resources: Resources,
  resourceClaims: z.array(ResourceClaim).default([]),
  dnsPolicy: text,
  dnsConfig: z
    .object({
      nameservers: z.array(z.string()).default([]),
      searches: z.array(z.string()).default([]),
      options: z.array(z.object({ name: z.string(), value: text })).default([]),
    })
    .optional(),
  hostAliases: z.array(z.object({ ip: z.string(), hostnames: z.array(z.string()).default([]) })).default([]),
  priorityClassName: text,
  terminationGracePeriodSeconds: z.number().int().default(30),
});
export type PodSpec = z.infer<typeof PodSpec>;

/** Containers of every kind, those that run first to begin with. */
export function allContainers({ initContainers, containers }: Pick<PodSpec, 'initContainers' | 'containers'>): Container[] {
  return [...initContainers, ...containers];
}

/** The same, each with its path in the pod. */
export function placedContainers(spec: Pick<PodSpec, 'initContainers' | 'containers'>): PlacedContainer[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    spec[list].map((container, at) => ({ container, path: ['spec', list, at] })),
  );
}

export interface PlacedContainer {
  container: Container;
  path: (string | number)[];
}

/** A pod as a manifest describes it: of its own, or the template of a workload. */
export const Pod = z.object({
  metadata: z
    .object({ name: z.string().default(''), namespace: z.string().default('default'), labels: texts, annotations: texts })
    .default({ name: '', namespace: 'default', labels: {}, annotations: {} }),
  spec: PodSpec,
});
export type Pod = z.infer<typeof Pod>;
