import { allContainers, type Pod } from '../manifest/pod.ts';
import type { Change } from './change.ts';
import type { PodDevice } from './devices.ts';
import type { Fix, FixId } from './fix.ts';
import { pluginInPlace } from './fixes.ts';
import { asUser, effectiveOf } from './security.ts';

/** What kubelet or engine says of a pod that it refuses, and what it may then be given or do without. */
interface Refusal {
  words: RegExp;
  fixes: (pod: Pod, devices: readonly Asked[]) => Fix[];
}

type Asked = Pick<PodDevice, 'origin' | 'container'>;

/** A change of the manifest; none where the pod has no such field. */
function accepted(title: string, costs: string, changesOf: (pod: Pod) => Change[]): Refusal['fixes'] {
  return (pod) => {
    const changes = changesOf(pod);
    if (changes.length === 0) return [];
    return [{ id: 'accepted', title, label: title, by: 'manifest', changes, give: 'as asked', handler: 'plain', costs }];
  };
}

/** The pod as it is, by a handler with ports for functions in its configuration. */
function withPorts(id: FixId, handler: Fix['handler'], title: string): Fix {
  const costs = 'two ports in every guest of this configuration';
  return { id, title, label: title, by: 'node', changes: [], give: 'as asked', handler, since: 'Kata 3.2.0', costs };
}

/** Any user but root. */
const someUser = 1000;

const refusals: readonly Refusal[] = [
  {
    // Kubernetes pkg/kubelet/kuberuntime/security_context_others.go
    words: /runAsNonRoot|non-root policy/,
    fixes: accepted(`runAsUser: ${someUser}`, 'what the image lets root alone read or write', (pod) =>
      allContainers(pod.spec).flatMap(({ name }) => {
        const { runAsNonRoot, runAsUser = 0 } = effectiveOf(pod, name) ?? {};
        return runAsNonRoot === true && runAsUser === 0 ? asUser(pod, name, someUser) : [];
      }),
    ),
  },
  {
    words: /user ?ns|user ?namespace|idmap/i,
    fixes: accepted(
      'without hostUsers: false',
      'the ids of the pod are ids of the node: its root is root there, with few capabilities',
      ({ spec }) => (spec.hostUsers === false ? [{ set: ['spec', 'hostUsers'], to: undefined }] : []),
    ),
  },
  {
    // Kata src/runtime/virtcontainers/pkg/oci/utils.go
    words: /host ?network/i,
    fixes: accepted('without hostNetwork', 'the interfaces and the address of the node', ({ spec }) =>
      spec.hostNetwork === true ? [{ set: ['spec', 'hostNetwork'], to: undefined }] : [],
    ),
  },
  {
    // kata-containers 4.1.0 src/runtime/pkg/device/drivers/vfio.go: both keys are "no-port" as shipped
    words: /(?:hot|cold)_plug_vfio= port is not set/,
    fixes: () => [
      withPorts('vfio-port', 'vfio', 'hot_plug_vfio = "root-port"'),
      withPorts('vfio-mode', 'vfio-in-guest', 'hot_plug_vfio = "root-port", vfio_mode = "vfio"'),
    ],
  },
  {
    // Kata binds what its guest has at a path below /dev, not the node of the host (4.1.0 src/runtime/virtcontainers/mount.go isHostDevice).
    words: /No such file or directory \(os error 2\)/,
    fixes: pluginInPlace,
  },
];

/** What helps a pod past what it is refused for, where that is known from what was said. Pure. */
export function acceptedFixes(pod: Pod, reason: string, devices: readonly Asked[] = []): Fix[] {
  return refusals.flatMap(({ words, fixes }) => (words.test(reason) ? fixes(pod, devices) : []));
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
    // A device that the first takes from a plugin is not mounted any more.
    give: fix.give === 'as asked' ? first.give : fix.give,
    title: `${first.title}, ${fix.title}`,
    // It stands below the one that it needs.
    label: `+ ${fix.label}`,
    changes: [...first.changes, ...fix.changes],
    costs: `${first.costs}; ${fix.costs}`,
  };
}
