import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modeAllows } from './decide.ts';
import { changed } from './change.ts';
import { mediaWorkload, plainUser, workloadOf } from '../testing/pods.ts';
import { fixIds } from './fix.ts';
import { planFixes } from './fixes.ts';
import type { Found } from './found.ts';

const { pod } = mediaWorkload();
const containerd = { engine: { name: 'containerd', version: '1.7.24' }, disposable: true } as const;
const path = '/dev/dri/renderD128';
const resource = { kind: 'resource', name: 'gpu.intel.com/i915' } as const;

function found(change: Partial<Found['devices'][number]> & { gid?: number; mode?: string } = {}): Found[] {
  const { gid = 105, mode = '0660', ...rest } = change;
  const node = { path, type: 'c', uid: 0, gid, mode } as const;
  return [
    {
      name: 'media',
      who: plainUser,
      notHeld: [],
      devices: [{ device: { origin: resource, path }, node, obstacles: ['file mode'], usable: false, ...rest }],
    },
  ];
}

const ids = (...args: Parameters<typeof planFixes>): string[] => planFixes(...args).map(({ id }) => id);

/** Of a node whose mode is in the way, in their order. */
const ofMode = ['groups', 'group', 'ownership', 'cdi', 'mode', 'privileged-withheld', 'privileged'];

describe('fixes', () => {
  test('are none where everything opens', () => {
    expect(planFixes(pod, found({ usable: true, obstacles: [] }), containerd)).toEqual([]);
  });

  test('of a mode are the group, then what only the nodes can do, then privileges', () => {
    expect(ids(pod, found(), containerd)).toEqual(ofMode);
  });

  test('put the group of the node beside those that the pod has', () => {
    const { pod: grouped } = mediaWorkload({ context: 'runAsUser: 1000, supplementalGroups: [7]' });
    const [groups] = planFixes(grouped, found(), containerd);
    expect(groups?.title).toBe('supplementalGroups: [7, 105]');
    expect(changed(grouped, groups?.changes ?? []).spec.securityContext?.supplementalGroups).toEqual([7, 105]);
  });

  test('set a group beside a user alone: in the pod, or in a container, which has that of its image', () => {
    const contextWith = (context: string) => {
      const { pod: own } = mediaWorkload({ context });
      const group = planFixes(own, found(), containerd).find(({ id }) => id === 'group');
      const { spec } = changed(own, group?.changes ?? []);
      return [spec.securityContext?.runAsGroup, spec.containers[0]?.securityContext?.runAsGroup];
    };
    expect(contextWith('runAsUser: 1000')).toEqual([105, undefined]);
    expect(contextWith('fsGroup: 7')).toEqual([undefined, 105]);
  });

  test('leave its group to a container whose own device another thing keeps closed', () => {
    const { pod: two } = workloadOf(`apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  containers:
    - {name: media, image: x}
    - name: radio
      image: x
      securityContext: {runAsGroup: 20}
      volumeMounts: [{name: tty, mountPath: /dev/ttyUSB0}]
  volumes:
    - {name: tty, hostPath: {path: /dev/ttyUSB0}}
`);
    const device = { origin: { kind: 'hostPath', volume: 'tty' }, path: '/dev/ttyUSB0' } as const;
    const radio = found({ device, obstacles: ['device cgroup'], gid: 20 }).map((each) => ({ ...each, name: 'radio' }));
    const group = planFixes(two, [...found(), ...radio], containerd).find(({ id }) => id === 'group');
    const groups = changed(two, group?.changes ?? []).spec.containers.map(({ securityContext }) => securityContext?.runAsGroup);
    expect(groups).toEqual([105, 20]);
  });

  test('know no group that would help, where the mode gives it nothing, or the owner is the process itself', () => {
    expect(ids(pod, found({ mode: '0600' }), containerd)).not.toContain('groups');
    const own = found().map((each) => ({ ...each, who: { ...plainUser, uids: [0, 0, 0, 0] } }));
    expect(ids(pod, own, containerd)).not.toContain('groups');
  });

  test('leave out what the engine cannot do yet', () => {
    const old = { ...containerd, engine: { name: 'containerd', version: '1.5.18' } } as const;
    expect(ids(pod, found(), old)).toEqual(['groups', 'group', 'mode', 'privileged-withheld', 'privileged']);
  });

  test('leave out privileges on a host that is not disposable', () => {
    expect(ids(pod, found(), { ...containerd, disposable: false })).not.toContain('privileged');
  });

  test('of a pod that names no user follow USER of its image, which the kubelet sends; for root the engine’s key does nothing', () => {
    const { pod: silent } = mediaWorkload({ context: '' });
    expect(ids(silent, found(), containerd)).toEqual(expect.arrayContaining(['group', 'ownership']));
    const root = found().map((each) => ({ ...each, who: { ...plainUser, uids: [0, 0, 0, 0] } }));
    expect(ids(silent, root, containerd)).not.toContain('ownership');
  });

  test('of a node that only its owner may open name him, though the pod forbids root', () => {
    const { pod: strict } = mediaWorkload({ context: 'runAsUser: 1000, runAsNonRoot: true' });
    const user = planFixes(strict, found({ mode: '0600' }), containerd).find(({ id }) => id === 'user');
    expect(user?.title).toBe('runAsUser: 0');
    const after = changed(strict, user?.changes ?? []).spec;
    expect(after.containers[0]?.securityContext).toMatchObject({ runAsUser: 0, runAsNonRoot: false });
    expect(after.securityContext).toMatchObject({ runAsUser: 1000, runAsNonRoot: true });
    expect(ids(strict, found(), containerd)).not.toContain('user');
  });

  test('of a capability that only root would hold are root, in the containers that add it', () => {
    const lacking = found({ usable: true, obstacles: [] }).map((each) => ({ ...each, notHeld: ['SYS_ADMIN'] }));
    const fixes = planFixes(pod, lacking, containerd);
    expect(fixes.map(({ title }) => title)).toEqual(['runAsUser: 0']);
    expect(changed(pod, fixes[0]?.changes ?? []).spec.containers[0]?.securityContext?.runAsUser).toBe(0);
  });

  test('set the group where the container would override the pod’s', () => {
    const { pod: own } = mediaWorkload({ container: 'securityContext: {runAsGroup: 5}' });
    const group = planFixes(own, found(), containerd).find(({ id }) => id === 'group');
    const after = changed(own, group?.changes ?? []);
    expect(after.spec.containers[0]?.securityContext?.runAsGroup).toBe(105);
    expect(after.spec.securityContext?.runAsGroup).toBeUndefined();
  });

  test('let a privileged container escalate, as the API server refuses it otherwise', () => {
    const { pod: strict } = mediaWorkload({ container: 'securityContext: {allowPrivilegeEscalation: false}' });
    const privileged = planFixes(strict, found(), containerd).find(({ id }) => id === 'privileged');
    expect(changed(strict, privileged?.changes ?? []).spec.containers[0]?.securityContext).toMatchObject({
      privileged: true,
      allowPrivilegeEscalation: true,
    });
  });

  test('of a hostPath that the device cgroup keeps closed ask for it by a device plugin, and so does every other', () => {
    const { pod: serial } = workloadOf(`apiVersion: v1
kind: Pod
metadata: {name: serial}
spec:
  containers:
    - name: main
      image: x
      volumeMounts: [{name: tty, mountPath: /dev/ttyUSB0}]
  volumes:
    - name: tty
      hostPath: {path: /dev/ttyUSB0, type: CharDevice}
`);
    const device = { origin: { kind: 'hostPath', volume: 'tty' }, path: '/dev/ttyUSB0' } as const;
    const one = (obstacles: Found['devices'][number]['obstacles']): Found[] =>
      found({ device, obstacles, gid: 20 }).map((each) => ({ ...each, name: 'main' }));
    const [plain] = planFixes(serial, one(['device cgroup']), containerd);
    expect(plain).toMatchObject({ id: 'resource', give: 'plugin', by: 'node' });
    const after = changed(serial, plain?.changes ?? []);
    expect(after.spec.containers[0]?.volumeMounts).toEqual([]);
    expect(after.spec.containers[0]?.resources.limits).toEqual({ 'devices.example.com/tty': '1' });
    const both = planFixes(serial, one(['file mode', 'device cgroup']), containerd);
    expect(both.map(({ id }) => id)).toEqual(ofMode);
    expect(both[0]).toMatchObject({ title: 'supplementalGroups: [20], by a device plugin', give: 'plugin' });
    expect(both.map(({ costs }) => costs.endsWith('; a device plugin to run on the nodes'))).toEqual(
      ofMode.map((id) => !id.startsWith('privileged')),
    );
    // Where its mode alone is in the way, neither the engine's key nor CDI reaches a node that is mounted.
    const mounted = planFixes(serial, one(['file mode']), containerd);
    expect(mounted.map(({ id }) => id)).toEqual(['groups', 'group', 'mode', 'privileged-withheld', 'privileged']);
    expect(mounted[2]).toMatchObject({ give: 'opened', changes: [], label: 'mode 0666' });
  });

  test('are each there once, in their order, and with a pod that can be launched, whatever is in the way', () => {
    const some = fc.record({
      gid: fc.nat(70_000),
      mode: fc.nat(0o777).map((mode) => mode.toString(8).padStart(4, '0')),
      usable: fc.boolean(),
      obstacles: fc.subarray(['mount option', 'file mode', 'device cgroup', 'no node'] as const),
    });
    const engines = fc.constantFrom(
      { name: 'containerd', version: '1.3.10' } as const,
      { name: 'containerd', version: '2.4.0' } as const,
      { name: 'crio', version: '1.36.3' } as const,
    );
    fc.assert(
      fc.property(some, engines, fc.boolean(), (change, engine, disposable) => {
        const fixes = planFixes(pod, found(change), { engine, disposable });
        const order = fixes.map(({ id }) => fixIds.indexOf(id));
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
        for (const { changes } of fixes) expect(changed(pod, changes).spec.containers).toHaveLength(1);
        if (change.usable) expect(fixes).toEqual([]);
      }),
    );
  });

  test('by the group open the node for those who join it', () => {
    fc.assert(
      fc.property(
        fc.nat(60_000),
        fc.nat(0o777).map((mode) => mode.toString(8).padStart(4, '0')),
        (gid, mode) => {
          const groups = planFixes(pod, found({ gid, mode }), containerd).find(({ id }) => id === 'groups');
          if (groups === undefined) return;
          const joined = { ...plainUser, groups: [...plainUser.groups, gid] };
          for (const access of ['read', 'write'] as const) expect(modeAllows({ uid: 0, gid, mode }, access, joined)).toBe(true);
        },
      ),
    );
  });
});
