import { allContainers, type Pod } from '../manifest/pod.ts';
import type { Change } from './change.ts';
import type { PodDevice } from './devices.ts';
import type { Fix } from './fix.ts';
import { pluginInPlace } from './fixes.ts';
import { asUser, effectiveOf } from './security.ts';

/** A field of a pod that kubelet or engine refuses it for. */
interface Refusal {
  /** In what was said. */
  words: RegExp;
  title: string;
  /** None where the pod has no such field. */
  changes: (pod: Pod) => Change[];
  costs: string;
  /** Where the pod stays as it is, and its handler is to have another configuration. */
  node?: Pick<Fix, 'id' | 'handler' | 'since'>;
}

/** Any user but root. */
const someUser = 1000;

const refusals: readonly Refusal[] = [
  {
    // Kubernetes pkg/kubelet/kuberuntime/security_context_others.go
    words: /runAsNonRoot|non-root policy/,
    title: `runAsUser: ${someUser}`,
    changes: (pod) =>
      allContainers(pod.spec).flatMap(({ name }) => {
        const { runAsNonRoot, runAsUser = 0 } = effectiveOf(pod, name) ?? {};
        return runAsNonRoot === true && runAsUser === 0 ? asUser(pod, name, someUser) : [];
      }),
    costs: 'what the image lets root alone read or write',
  },
  {
    words: /user ?ns|user ?namespace|idmap/i,
    title: 'without hostUsers: false',
    changes: ({ spec }) => (spec.hostUsers === false ? [{ set: ['spec', 'hostUsers'], to: undefined }] : []),
    costs: 'the ids of the pod are ids of the node: its root is root there, with few capabilities',
  },
  {
    // Kata src/runtime/virtcontainers/pkg/oci/utils.go
    words: /host ?network/i,
    title: 'without hostNetwork',
    changes: ({ spec }) => (spec.hostNetwork === true ? [{ set: ['spec', 'hostNetwork'], to: undefined }] : []),
    costs: 'the interfaces and the address of the node',
  },
  ...(
    [
      { id: 'vfio-port', handler: 'vfio', and: '' },
      { id: 'vfio-mode', handler: 'vfio-in-guest', and: ', vfio_mode = "vfio"' },
    ] as const
  ).map(({ id, handler, and }): Refusal => ({
    // kata-containers 4.1.0 src/runtime/pkg/device/drivers/vfio.go: both keys are "no-port" as shipped
    words: /(?:hot|cold)_plug_vfio= port is not set/,
    title: `hot_plug_vfio = "root-port"${and}`,
    changes: () => [],
    costs: 'two ports in every guest of this configuration',
    node: { id, handler, since: 'Kata 3.2.0' },
  })),
];

/** What a pod has to do without so that it is not refused, where that is known from what was said. Pure. */
export function acceptedFixes(
  pod: Pod,
  reason: string,
  devices: ReadonlyArray<Pick<PodDevice, 'origin' | 'container'>> = [],
): Fix[] {
  // Kata binds what its guest has at a path below /dev, not the node of the host (kata-containers 4.1.0 src/runtime/virtcontainers/mount.go isHostDevice)
  const plugin = /No such file or directory \(os error 2\)/.test(reason) ? pluginInPlace(pod, devices) : undefined;
  const without = refusals.flatMap(({ words, title, changes: changesOf, costs, node }): Fix[] => {
    if (!words.test(reason)) return [];
    const common = { title, label: title, costs, give: 'as asked' } as const;
    if (node !== undefined) return [{ ...common, ...node, by: 'node', changes: [] }];
    const changes = changesOf(pod);
    return changes.length === 0 ? [] : [{ ...common, id: 'accepted', by: 'manifest', changes, handler: 'plain' }];
  });
  return plugin === undefined ? without : [...without, plugin];
}

/** Whether a fix can stand upon another: a handler has one configuration, and what it passes to privileged pods is part of it. */
export function stands(first: Fix, fix: Fix): boolean {
  return first.handler === 'plain' || !['privileged', 'privileged-withheld'].includes(fix.id);
}

/** A fix of a pod that needs another first, so that it is not refused. */
export function after(first: Fix, fix: Fix): Fix {
  return {
    ...fix,
    handler: first.handler === 'plain' ? fix.handler : first.handler,
    title: `${first.title}, ${fix.title}`,
    // It stands below the one that it needs.
    label: `+ ${fix.label}`,
    changes: [...first.changes, ...fix.changes],
    costs: `${first.costs}; ${fix.costs}`,
  };
}
