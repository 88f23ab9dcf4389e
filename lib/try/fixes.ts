import { whoHas, hasFeature } from '../model/feature.ts';
import type { Credentials } from '../model/credentials.ts';
import type { DeviceNode } from '../model/device-node.ts';
import type { Decider } from '../model/trial.ts';
import type { Pod } from '../manifest/pod.ts';
import type { PodDevice } from './devices.ts';
import type { Change } from './change.ts';
import type { Fix } from './fix.ts';
import { groupsThatOpen, userThatOpens } from './identities.ts';
import { asUser, contextOf, effectiveOf, pathOf, privileges } from './security.ts';

/** What a container found at its devices. */
export interface Found {
  name: string;
  who: Credentials;
  devices: ReadonlyArray<{
    device: Pick<PodDevice, 'origin' | 'path'>;
    /** The node in the container. */
    node: DeviceNode | undefined;
    obstacles: readonly Decider[];
    /** Whether it opens for all that was asked. */
    usable: boolean;
  }>;
}

export interface Setting {
  engine: { name: 'containerd' | 'crio'; version: string };
  /** Whether privileged pods may run on the host. */
  disposable: boolean;
}

/** The fixes that fit what is in the way, smallest first; none where nothing is. Pure. */
export function planFixes(pod: Pod, found: readonly Found[], { engine, disposable }: Setting): Fix[] {
  const failing = found
    .map((container) => ({ ...container, devices: container.devices.filter(({ usable }) => !usable) }))
    .filter(({ devices }) => devices.length > 0);
  if (failing.length === 0) return [];
  const devices = failing.flatMap((each) => each.devices);
  const meets = (decider: Decider): boolean => devices.some(({ obstacles }) => obstacles.includes(decider));
  const base = meets('device cgroup') ? asResource(pod, failing) : [];
  const given = base.length > 0 ? ({ give: 'plugin', by: 'node' } as const) : ({ give: 'as asked', by: 'manifest' } as const);
  const [also, plus] = base.length > 0 ? [', by a device plugin', ' + plugin'] : ['', ''];
  const plain = { changes: base, ...given, ownership: false, handler: 'plain' } as const;
  const fixes: Fix[] = [];
  if (base.length > 0 && !meets('file mode'))
    fixes.push({
      ...plain,
      id: 'resource',
      title: 'ask for it by a device plugin, not by a path of the node',
      label: 'device plugin',
      costs: 'a device plugin to run on the nodes',
    });
  if (meets('file mode')) {
    const groups = groupsThatOpen(failing);
    if (groups !== undefined) {
      const all = [...(pod.spec.securityContext?.supplementalGroups ?? []), ...groups];
      fixes.push({
        ...plain,
        id: 'groups',
        title: `supplementalGroups: [${all.join(', ')}]${also}`,
        label: `supplementalGroups: [${all.join(', ')}]${plus}`,
        changes: [...base, { set: ['spec', 'securityContext', 'supplementalGroups'], to: all }],
        costs: 'whatever else of the node belongs to the group, where the pod is given it',
      });
    }
    const [group, ...others] = groups ?? [];
    if (group !== undefined && others.length === 0)
      fixes.push({
        ...plain,
        id: 'group',
        title: `runAsGroup: ${group}${also}`,
        label: `runAsGroup: ${group}${plus}`,
        changes: [
          ...base,
          ...failing.map(({ name }): Change => ({ set: [...contextOf(pod, name, 'runAsGroup'), 'runAsGroup'], to: group })),
        ],
        costs: 'files that the process makes belong to this group',
      });
    const user = groups === undefined ? userThatOpens(failing) : undefined;
    if (user !== undefined)
      fixes.push({
        ...plain,
        id: 'user',
        title: `runAsUser: ${user}${also}`,
        label: `runAsUser: ${user}${plus}`,
        changes: [...base, ...failing.flatMap(({ name }) => asUser(pod, name, user))],
        costs:
          user === 0
            ? 'the process is root in the container, and on the node where something lets it out'
            : 'whatever else belongs to this user',
      });
    const byDevice = base.length > 0 || devices.some(({ device }) => device.origin.kind !== 'hostPath');
    // The kubelet sends USER of the image where the pod names none (Kubernetes pkg/kubelet/kuberuntime/security_context.go).
    const asks = failing.some(({ name, who }) => (who.uids[1] ?? 0) + (effectiveOf(pod, name)?.runAsGroup ?? 0) > 0);
    if (byDevice && asks && hasFeature(engine, 'device-ownership'))
      fixes.push({
        ...plain,
        id: 'ownership',
        title: `device_ownership_from_security_context = true${also}`,
        label: `ownership key${plus}`,
        by: 'node',
        ownership: true,
        since: whoHas('device-ownership'),
        costs: 'every pod of the node owns the devices that it is given',
      });
    if (byDevice && hasFeature(engine, 'cdi'))
      fixes.push({
        ...plain,
        id: 'cdi',
        title: 'a CDI device with the ids of the process',
        label: 'CDI with ids',
        by: 'node',
        give: 'cdi',
        since: whoHas('cdi'),
        costs: 'one CDI device for each user that asks',
      });
    if (byDevice)
      fixes.push({
        ...plain,
        id: 'mode',
        title: `mode 0666 on the node${also}`,
        label: `mode 0666${plus}`,
        by: 'node',
        give: 'opened',
        costs: 'every process of the node, and every pod that is given it, may open it',
      });
  }
  if (disposable && !failing.every(({ name }) => effectiveOf(pod, name)?.privileged === true)) {
    const changes = failing.flatMap(({ name }) => privileges(pod, name));
    const costs = 'isolation from the node: it is root there, or any process that becomes root';
    fixes.push({
      ...plain,
      changes,
      give: 'as asked',
      by: 'node',
      id: 'privileged-withheld',
      handler: 'withheld',
      title: 'privileged: true, host devices withheld',
      label: 'privileged, withheld',
      since: whoHas('withheld-host-devices'),
      costs,
    });
    fixes.push({
      ...plain,
      changes,
      give: 'as asked',
      by: 'manifest',
      id: 'privileged',
      title: 'privileged: true',
      label: 'privileged',
      costs,
    });
  }
  return fixes;
}

/** Resources in place of the mounts of devices that the device cgroup keeps closed. */
function asResource(pod: Pod, failing: readonly Found[]): Change[] {
  return failing.flatMap(({ name, devices }) => {
    const volumes = new Set(
      devices.flatMap(({ device: { origin }, obstacles }) =>
        origin.kind === 'hostPath' && obstacles.includes('device cgroup') ? [origin.volume] : [],
      ),
    );
    return [...volumes].flatMap((volume): Change[] => [
      { unmount: volume, of: name },
      { set: [...pathOf(pod, name), 'resources', 'limits', pluginResource(volume)], to: '1' },
    ]);
  });
}

/** What such a resource is called in a patch: whoever runs a device plugin has a name of his own. */
export function pluginResource(volume: string): string {
  return `devices.example.com/${volume}`;
}
