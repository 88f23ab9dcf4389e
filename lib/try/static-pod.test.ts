import { expect, test } from 'vitest';
import { mediaManifest, workloadOf } from '../testing/pods.ts';
import { asStaticPod } from './static-pod.ts';

const pod = (lines: string): string => `apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
${lines}`;
const container = '  containers: [{ name: main, image: i }]\n';

test.each([
  ['  runtimeClassName: kata\n', 'spec.runtimeClassName', 5],
  ['  serviceAccountName: robot\n', 'spec.serviceAccountName', 5],
  ['  imagePullSecrets: [{ name: s }]\n', 'spec.imagePullSecrets', 5],
  ['  volumes: [{ name: v, configMap: { name: c } }]\n', 'spec.volumes[0].configMap', 5],
  ['  volumes: [{ name: v, nfs: { server: s, path: /p } }]\n', 'spec.volumes[0].nfs', 5],
  ['  volumes: [{ name: v, persistentVolumeClaim: { claimName: c } }]\n', 'spec.volumes[0].persistentVolumeClaim', 5],
  [
    '  volumes: [{ name: v, projected: { sources: [{ downwardAPI: {} }, { secret: { name: s } }] } }]\n',
    'spec.volumes[0].projected.sources[1].secret',
    5,
  ],
])('a pod that has %s is refused with the place of it', (lines, path, line) => {
  expect(() => asStaticPod(workloadOf(pod(lines + container)), 'pod.yaml')).toThrow(
    new RegExp(`^pod\\.yaml:${line}:\\d+: .* cannot have ${path.replaceAll(/[.[\]]/g, '\\$&')}: leave it out`),
  );
});

test('all that it cannot have is named at once, in the words of its document', () => {
  const text = mediaManifest({
    container:
      'env: [{ name: A, valueFrom: { secretKeyRef: { name: s, key: k } } }]\n          envFrom: [{ configMapRef: { name: c } }]',
  });
  expect(() => asStaticPod(workloadOf(text), 'pod.yaml')).toThrow(
    'spec.template.spec.containers[0].envFrom, spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef: leave',
  );
});

test('what a kubelet makes of itself is taken, and looked at', () => {
  const volumes = '  volumes: [{ name: v, downwardAPI: { items: [] } }, { name: d, emptyDir: {} }]\n  serviceAccountName: ""\n';
  const workload = workloadOf(pod(volumes + container));
  expect(workload.notLookedAt.map(({ path }) => path)).toContain('spec.volumes[0].downwardAPI');
  expect(asStaticPod(workload, 'pod.yaml').notLookedAt.map(({ path }) => path)).toEqual(['spec.serviceAccountName']);
});
