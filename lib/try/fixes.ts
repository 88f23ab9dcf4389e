import type { EngineName } from '../engines/facts.ts';
import { whoHas, hasFeature } from '../model/feature.ts';
import type { Decider } from '../model/trial.ts';
import type { Pod } from '../manifest/pod.ts';
import type { Change } from './change.ts';
import type { PodDevice } from './devices.ts';
import { fixIds, type Fix } from './fix.ts';
import type { Found } from './found.ts';
import { groupsThatOpen, userThatOpens } from './identities.ts';
import { asUser, contextOf, effectiveOf, pathOf, privileges } from './security.ts';

export interface Setting {
  engine: { name: EngineName; version: string };
  /** Whether privileged pods may run on the host. */
  disposable: boolean;
}

/** The fixes that fit what is in the way, smallest first; none where nothing is. Pure. */
export function planFixes(pod: Pod, found: readonly Found[], { engine, disposable }: Setting): Fix[] {
  const lacking = found.filter(({ notHeld }) => notHeld.length > 0).map(({ name }) => name);
  const failing = found
    .map((container) => ({ ...container, devices: container.devices.filter(({ usable }) => !usable) }))
    .filter(({ devices }) => devices.length > 0);
  const meets = (decider: Decider): boolean =>
    failing.some(({ devices }) => devices.some((each) => each.obstacles.includes(decider)));
  const changes = meets('device cgroup') ? asResource(pod, failing) : [];
  const plain: Plain =
    changes.length > 0
      ? { changes, give: 'plugin', by: 'node', handler: 'plain' }
      : { changes, give: 'as asked', by: 'manifest', handler: 'plain' };
  const closed = meets('file mode');
  const privileged = failing.every(({ name }) => effectiveOf(pod, name)?.privileged === true);
  const fixes: Fix[] = [
    ...(changes.length > 0 && !closed ? [pluginFix(plain)] : []),
    ...idFixes(pod, failing, lacking, closed, plain),
    ...(closed ? nodeFixes(pod, failing, engine, plain) : []),
    ...(disposable && !privileged ? privilegedFixes(pod, failing, plain) : []),
  ];
  return fixes
    .map((fix) => (needsPlugin(fix) ? { ...fix, costs: `${fix.costs}; ${pluginCosts}` } : fix))
    .sort((a, b) => fixIds.indexOf(a.id) - fixIds.indexOf(b.id));
}

const pluginCosts = 'a device plugin to run on the nodes';

/** For a pod that is refused for the devices that it mounts; none where it mounts none. */
export function pluginInPlace(pod: Pod, devices: ReadonlyArray<Pick<PodDevice, 'origin' | 'container'>>): Fix[] {
  const changes = devices.flatMap(({ origin, container }) =>
    origin.kind === 'hostPath' ? toResource(pod, container, origin.volume) : [],
  );
  return changes.length === 0 ? [] : [pluginFix({ changes, give: 'plugin', by: 'node', handler: 'plain' })];
}

/** Whether it takes a plugin that was not there before, and says so of nothing else. */
function needsPlugin({ id, changes }: Fix): boolean {
  return id !== 'resource' && changes.some((change) => 'unmount' in change);
}

function pluginFix(plain: Plain): Fix {
  return {
    ...{ ...plain, id: 'resource', label: 'device plugin' },
    title: 'ask for it by a device plugin, not by a path of the node',
    costs: pluginCosts,
  };
}

/** What fixes have in common, where devices that the cgroup keeps closed come from a plugin. */
type Plain = Pick<Fix, 'changes' | 'give' | 'by' | 'handler'>;

/** A fix in full and in a few words, with the device plugin that it needs. */
function named({ give }: Plain, title: string, label = title): Pick<Fix, 'title' | 'label'> {
  return give === 'plugin' ? { title: `${title}, by a device plugin`, label: `${label} + plugin` } : { title, label };
}

/** Other ids for the process: a group, or where none helps the owner; for capabilities that only root holds, root. */
function idFixes(pod: Pod, failing: readonly Found[], lacking: readonly string[], closed: boolean, plain: Plain): Fix[] {
  const fixes: Fix[] = [];
  const groups = closed ? groupsThatOpen(failing) : undefined;
  // The ids of a container whose devices are closed by something else may be what opens them then.
  const shut = failing.filter(({ devices }) => devices.some(({ obstacles }) => obstacles.includes('file mode')));
  if (groups !== undefined) {
    const all = [...(pod.spec.securityContext?.supplementalGroups ?? []), ...groups];
    fixes.push({
      ...{ ...plain, id: 'groups', ...named(plain, `supplementalGroups: [${all.join(', ')}]`) },
      changes: [...plain.changes, { set: ['spec', 'securityContext', 'supplementalGroups'], to: all }],
      costs: `whatever else of the node belongs to the group${groups.length > 1 ? 's' : ''}, where the pod is given it`,
    });
  }
  const [group, ...others] = groups ?? [];
  if (group !== undefined && others.length === 0)
    fixes.push({
      ...{ ...plain, id: 'group', ...named(plain, `runAsGroup: ${group}`) },
      changes: [
        ...plain.changes,
        ...shut.map(({ name }): Change => ({ set: [...contextOf(pod, name, 'runAsGroup'), 'runAsGroup'], to: group })),
      ],
      costs: 'files that the process makes belong to this group',
    });
  const user = lacking.length > 0 ? 0 : closed && groups === undefined ? userThatOpens(failing) : undefined;
  const names = new Set([...lacking, ...shut.map(({ name }) => name)]);
  if (user !== undefined)
    fixes.push({
      ...{ ...plain, id: 'user', ...named(plain, `runAsUser: ${user}`) },
      changes: [...plain.changes, ...[...names].flatMap((name) => asUser(pod, name, user))],
      costs:
        user === 0
          ? 'the process is root in the container, and on the node where something lets it out'
          : 'whatever else belongs to this user',
    });
  return fixes;
}

/** What only who runs the nodes can change. The engine gives no device where a path is mounted, so that its key and CDI do nothing there. */
function nodeFixes(pod: Pod, failing: readonly Found[], engine: Setting['engine'], plain: Plain): Fix[] {
  const mountsOnly = failing.every(({ devices }) => devices.every(({ device }) => device.origin.kind === 'hostPath'));
  const mode: Fix = {
    ...{ ...plain, id: 'mode', by: 'node', give: 'opened', ...named(plain, 'mode 0666') },
    costs: 'every process of the node, and every pod that is given it, may open it',
  };
  if (mountsOnly && plain.give !== 'plugin') return [mode];
  // The kubelet sends USER of the image where the pod names none (Kubernetes pkg/kubelet/kuberuntime/security_context.go).
  const asks = failing.some(({ name, who }) => (who.uids[1] ?? 0) + (effectiveOf(pod, name)?.runAsGroup ?? 0) > 0);
  const fixes: Fix[] = [];
  if (asks && hasFeature(engine, 'device-ownership'))
    fixes.push({
      ...{ ...plain, id: 'ownership', by: 'node', since: whoHas('device-ownership') },
      ...named(plain, 'device_ownership_from_security_context = true', 'ownership key'),
      costs: 'every pod of the node owns the devices that it is given',
    });
  if (hasFeature(engine, 'cdi'))
    fixes.push({
      ...{ ...plain, id: 'cdi', by: 'node', give: 'cdi', since: whoHas('cdi') },
      title: 'a CDI device with the ids of the process',
      label: 'CDI with ids',
      costs: 'one CDI device for each user that asks',
    });
  return [...fixes, mode];
}

function privilegedFixes(pod: Pod, failing: readonly Found[], plain: Plain): Fix[] {
  const changes = failing.flatMap(({ name }) => privileges(pod, name));
  const common = { ...plain, changes, give: 'as asked' } as const;
  const costs = 'isolation from the node: it is root there, or any process that becomes root';
  return [
    {
      ...{ ...common, costs, id: 'privileged-withheld', by: 'node', handler: 'withheld', since: whoHas('withheld-host-devices') },
      title: 'privileged: true, host devices withheld',
      label: 'privileged, withheld',
    },
    { ...common, costs, id: 'privileged', by: 'manifest', title: 'privileged: true', label: 'privileged' },
  ];
}

/** Resources in place of the mounts of devices that the device cgroup keeps closed. */
function asResource(pod: Pod, failing: readonly Found[]): Change[] {
  return failing.flatMap(({ name, devices }) => {
    const volumes = new Set(
      devices.flatMap(({ device: { origin }, obstacles }) =>
        origin.kind === 'hostPath' && obstacles.includes('device cgroup') ? [origin.volume] : [],
      ),
    );
    return [...volumes].flatMap((volume) => toResource(pod, name, volume));
  });
}

/** A resource in place of one mount. */
export function toResource(pod: Pod, container: string, volume: string): Change[] {
  return [
    { unmount: volume, of: container },
    { set: [...pathOf(pod, container), 'resources', 'limits', pluginResource(volume)], to: '1' },
  ];
}

/** What such a resource is called in a patch: whoever runs a device plugin has a name of his own. */
export function pluginResource(volume: string): string {
  return `devices.example.com/${volume}`;
}
