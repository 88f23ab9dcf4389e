import { expect, test } from 'vitest';
import { mediaWorkload, workloadOf } from '../testing/pods.ts';
import { withoutNodeProfiles } from './profiles.ts';

test('profiles that are files of the node are stood in for by the default, wherever they are named, and listed', () => {
  const { pod, notLookedAt } = withoutNodeProfiles(
    workloadOf(`apiVersion: v1
kind: Pod
metadata:
  name: a
  annotations: {container.apparmor.security.beta.kubernetes.io/one: localhost/mine, other: localhost/x}
spec:
  securityContext: {runAsUser: 7, seccompProfile: {type: Localhost, localhostProfile: a.json}}
  initContainers: [{name: zero, image: x, securityContext: {seccompProfile: {type: Localhost, localhostProfile: b.json}}}]
  containers:
    - {name: one, image: x, securityContext: {privileged: false, seccompProfile: {type: Unconfined}}}
    - {name: two, image: x, securityContext: {appArmorProfile: {type: Localhost, localhostProfile: mine}}}
`),
  );
  expect(pod.spec.securityContext).toEqual({ runAsUser: 7, seccompProfile: { type: 'RuntimeDefault' } });
  expect(pod.spec.initContainers[0]?.securityContext?.seccompProfile).toEqual({ type: 'RuntimeDefault' });
  expect(pod.spec.containers.map(({ securityContext }) => securityContext)).toMatchObject([
    { privileged: false, seccompProfile: { type: 'Unconfined' } },
    { appArmorProfile: { type: 'RuntimeDefault' } },
  ]);
  expect(pod.metadata.annotations).toEqual({
    'container.apparmor.security.beta.kubernetes.io/one': 'runtime/default',
    other: 'localhost/x',
  });
  expect(notLookedAt.map(({ path }) => path)).toEqual([
    'metadata.annotations["container.apparmor.security.beta.kubernetes.io/one"]',
    'spec.securityContext.seccompProfile',
    'spec.initContainers[0].securityContext.seccompProfile',
    'spec.containers[1].securityContext.appArmorProfile',
  ]);
});

test('a workload without any stays as it is', () => {
  const workload = mediaWorkload();
  expect(withoutNodeProfiles(workload)).toBe(workload);
});
