import { isObject } from './check.ts';
import { type Path, valueAt } from './path.ts';
import type { PodReading } from './pod-of.ts';
import { placedContainers, type Pod } from './pod.ts';

/** Reasons by the name of a field; the first that fits tells why. */
const reasons: readonly (readonly [fields: RegExp, why: string])[] = [
  [
    /^(tolerations|affinity|nodeSelector|topologySpreadConstraints|schedulerName|schedulingGates|schedulingGroup|workloadRef|nodeName|priority|preemptionPolicy|os|readinessGates|evictionResponders)$/,
    'decides on which node the pod runs, not what it may touch there',
  ],
  [
    /^(livenessProbe|readinessProbe|startupProbe|lifecycle|restartPolicy|restartPolicyRules|activeDeadlineSeconds|terminationMessagePolicy|resizePolicy)$/,
    'decides when a container is started, checked or ended',
  ],
  [/^(imagePullPolicy|imagePullSecrets)$/, 'decides how the image is pulled; none is'],
  [/^(envFrom|valueFrom)$/, 'is known to a cluster alone; it stays empty'],
  [
    /^(configMap|secret|projected|downwardAPI|persistentVolumeClaim|ephemeral|csi|nfs|image|gitRepo|iscsi|fc|rbd|cephfs|glusterfs|volumeClaimTemplates)$/,
    'is known to a cluster alone; an empty directory stands in for it',
  ],
  [
    /^(serviceAccount|serviceAccountName|automountServiceAccountToken|enableServiceLinks)$/,
    'needs a cluster: no token and no service is there',
  ],
  [/^(subdomain|setHostnameAsFQDN|dnsPolicy|hostname)$/, 'names the pod in a network'],
  [/^(windowsOptions)$/, 'is for Windows'],
  [/^(fsGroupChangePolicy|ephemeral-storage)$/, 'is about what files of volumes hold; those here are empty'],
];

/** Why a field is not looked at, by its own name and those around it. */
export function whyNotLookedAt(path: Path, podPath: Path): string {
  const own = reasonOf(path.at(-1));
  if (own !== undefined) return own;
  const inPod = podPath.every((key, at) => path[at] === key) ? path.slice(podPath.length) : undefined;
  if (inPod === undefined || inPod.length === 0) return 'decides how many pods there are, and when they are replaced';
  if (inPod[0] === 'status') return 'is written by a cluster';
  if (inPod[0] === 'metadata') return 'names the object in a cluster';
  return (
    inPod
      .toReversed()
      .map(reasonOf)
      .find((reason) => reason !== undefined) ?? 'changes nothing that is measured here'
  );
}

function reasonOf(key: string | number | undefined): string | undefined {
  return reasons.find(([fields]) => typeof key === 'string' && fields.test(key))?.[1];
}

const known = new Set(['apiVersion', 'kind', 'metadata']);

/** Paths of all that a document holds beside what decides what its pod may touch, each once: not what is below a path of the list. */
export function notLookedAt(data: unknown, podPath: Path, { pod, written }: PodReading): Path[] {
  const around = podPath.flatMap((_, depth) => {
    const path = podPath.slice(0, depth);
    const object = valueAt(data, path);
    const keys = isObject(object) ? Object.keys(object).filter((key) => object[key] !== null && key !== podPath[depth]) : [];
    return keys.filter((key) => depth > 0 || !known.has(key)).map((key) => [...path, key]);
  });
  const inPod = [
    ...dropped(written, pod).filter(([key, ...below]) => below.length > 0 || !known.has(String(key))),
    ...withoutEffect(pod, written),
  ];
  return [...around, ...inPod.map((path) => [...podPath, ...path])];
}

/** What is read, and changes nothing here: sources of volumes for which an empty directory stands in, and what happens to files of such. */
function withoutEffect({ spec }: Pod, written: unknown): Path[] {
  const containers = placedContainers(spec);
  const blocks = new Set(containers.flatMap(({ container }) => container.volumeDevices.map(({ name }) => name)));
  const paths: Path[] = [
    ['spec', 'securityContext', 'fsGroupChangePolicy'],
    ...spec.containers.map((_, at) => ['spec', 'containers', at, 'restartPolicy']),
    ...containers.flatMap(({ path }) => ['limits', 'requests'].map((kind) => [...path, 'resources', kind, 'ephemeral-storage'])),
    ...spec.volumes.flatMap((volume, at) =>
      Object.keys(volume)
        .filter((key) => !blocks.has(volume.name) && !['name', 'hostPath', 'emptyDir'].includes(key))
        .map((key) => ['spec', 'volumes', at, key]),
    ),
  ];
  return paths.filter((path) => valueAt(written, path) !== undefined);
}

/** Paths of what a reader dropped: of `{a: 1, b: {c: 2}}` read as `{b: {}}`, `a` and `b.c`. */
function dropped(written: unknown, read: unknown, path: Path = []): Path[] {
  if (Array.isArray(written)) {
    if (!Array.isArray(read)) return [];
    const entries: readonly unknown[] = read;
    return written.flatMap((entry, at) => dropped(entry, entries[at], [...path, at]));
  }
  if (!isObject(written) || !isObject(read)) return [];
  return Object.entries(written).flatMap(([key, value]) => {
    if (value === null) return [];
    return Object.hasOwn(read, key) && read[key] !== undefined ? dropped(value, read[key], [...path, key]) : [[...path, key]];
  });
}
