import { describe, expect, test } from 'vitest';
import { mediaWorkload, plainUser, workloadOf } from '../testing/pods.ts';
import { changed } from './change.ts';
import { planFixes } from './fixes.ts';
import { acceptedFixes, after, stands } from './refusals.ts';

describe('a refused pod', () => {
  test('that must not run as root gets a user, in each container that has none', () => {
    const { pod } = mediaWorkload({ context: 'runAsNonRoot: true' });
    const [fix, ...others] = acceptedFixes(pod, 'container has runAsNonRoot and image will run as root (pod: "media")');
    expect(others).toEqual([]);
    expect(changed(pod, fix?.changes ?? []).spec.containers[0]?.securityContext).toMatchObject({ runAsUser: 1000 });
    const { pod: own } = mediaWorkload({ context: 'runAsNonRoot: true', container: 'securityContext: {runAsUser: 7}' });
    expect(acceptedFixes(own, 'container has runAsNonRoot and image will run as root')).toEqual([]);
  });

  test.each([
    ['hostUsers: false', 'hostUsers', 'CreateContainer: user namespaces are not supported by the runtime'],
    ['hostUsers: false', 'hostUsers', 'RunPodSandbox: idmap mounts not supported on the node'],
    ['hostNetwork: true', 'hostNetwork', 'RunPodSandbox: Host networking requested, not supported by runtime'],
  ] as const)('that says %s does without %s where that is the reason', (line, field, reason) => {
    const pod = workloadOf(
      `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {${line}, containers: [{name: a, image: x}]}}`,
    ).pod;
    const [fix] = acceptedFixes(pod, reason);
    expect(changed(pod, fix?.changes ?? []).spec[field]).toBeUndefined();
    expect(acceptedFixes(pod, 'no space left on device')).toEqual([]);
    expect(acceptedFixes(mediaWorkload().pod, reason)).toEqual([]);
  });

  test('that then cannot open its device is given both changes at once', () => {
    const { pod } = mediaWorkload({ context: 'runAsNonRoot: true' });
    const [first] = acceptedFixes(pod, 'container has runAsNonRoot and image will run as root');
    if (first === undefined) throw new Error('there is no fix');
    const node = { path: '/dev/x', type: 'c', uid: 0, gid: 105, mode: '0660' } as const;
    const device = { origin: { kind: 'resource', name: 'gpu.intel.com/i915' }, path: '/dev/x' } as const;
    const [groups] = planFixes(
      changed(pod, first.changes),
      [{ name: 'media', who: plainUser, notHeld: [], devices: [{ device, node, obstacles: ['file mode'], usable: false }] }],
      { engine: { name: 'containerd', version: '1.7.24' }, disposable: true },
    );
    if (groups === undefined) throw new Error('there is no fix');
    const both = after(first, groups);
    expect(both.title).toBe('runAsUser: 1000, supplementalGroups: [105]');
    expect(changed(pod, both.changes).spec).toMatchObject({
      securityContext: { supplementalGroups: [105] },
      containers: [{ securityContext: { runAsUser: 1000 } }],
    });
  });

  test('whose guest has no node at the path that it mounts asks for it by a device plugin', () => {
    const { pod } = mediaWorkload();
    const reason = 'StartContainer: failed to create shim task: No such file or directory (os error 2)';
    const [fix, ...others] = acceptedFixes(pod, reason, [
      { origin: { kind: 'hostPath', volume: 'radio' }, container: 'media' },
      { origin: { kind: 'resource', name: 'gpu.intel.com/i915' }, container: 'media' },
    ]);
    expect(others).toEqual([]);
    expect(fix).toMatchObject({ id: 'resource', give: 'plugin', by: 'node' });
    expect(changed(pod, fix?.changes ?? []).spec.containers[0]?.resources?.limits).toMatchObject({
      'devices.example.com/radio': '1',
    });
    expect(acceptedFixes(pod, reason)).toEqual([]);
    if (fix === undefined) throw new Error('there is no fix');
    const next = { ...fix, id: 'groups', give: 'as asked' } as const;
    expect(after(fix, next).give).toBe('plugin');
    expect(after(fix, { ...next, give: 'cdi' }).give).toBe('cdi');
  });

  test('whose Kata guest has no port for its function stays as it is, with other handlers of the node, and is not made privileged there', () => {
    const { pod } = mediaWorkload();
    const fixes = acceptedFixes(pod, 'StartContainer: cold_plug_vfio= or hot_plug_vfio= port is not set for device 0000:00:08.0');
    expect(fixes.map(({ id, by, handler, changes }) => ({ id, by, handler, changes }))).toEqual([
      { id: 'vfio-port', by: 'node', handler: 'vfio', changes: [] },
      { id: 'vfio-mode', by: 'node', handler: 'vfio-in-guest', changes: [] },
    ]);
    const [port] = fixes;
    if (port === undefined) throw new Error('there is no fix');
    const next = { ...port, id: 'groups', handler: 'plain', by: 'manifest' } as const;
    expect(after(port, next)).toMatchObject({ id: 'groups', handler: 'vfio' });
    expect([
      stands(port, next),
      stands(port, { ...next, id: 'privileged' }),
      stands(next, { ...next, id: 'privileged' }),
    ]).toEqual([true, false, true]);
  });
});
