import { allContainers, type Pod } from '../manifest/pod.ts';
import type { Change } from './change.ts';
import type { Fix } from './fix.ts';
import { asUser, effectiveOf } from './security.ts';

/** A field of a pod that kubelet or engine refuses it for. */
interface Refusal {
  /** In what was said. */
  words: RegExp;
  title: string;
  /** None where the pod has no such field. */
  changes: (pod: Pod) => Change[];
  costs: string;
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
];

/** What a pod has to do without so that it is not refused, where that is known from what was said. Pure. */
export function acceptedFixes(pod: Pod, reason: string): Fix[] {
  return refusals.flatMap(({ words, title, changes: changesOf, costs }): Fix[] => {
    const changes = words.test(reason) ? changesOf(pod) : [];
    if (changes.length === 0) return [];
    return [
      {
        ...{ id: 'accepted', title, label: title, by: 'manifest', changes, costs },
        ...{ give: 'as asked', handler: 'plain' },
      },
    ];
  });
}

/** A fix of a pod that needs another first, so that it is not refused. */
export function after(first: Fix, fix: Fix): Fix {
  return {
    ...fix,
    title: `${first.title}, ${fix.title}`,
    // It stands below the one that it needs.
    label: `+ ${fix.label}`,
    changes: [...first.changes, ...fix.changes],
    costs: `${first.costs}; ${fix.costs}`,
  };
}
