import { expect, test } from 'vitest';
import { podOf } from './pod-of.ts';
import { readManifest } from './read.ts';

const read = (text: string, schema = '1.37') => readManifest(text, { file: 'pod.yaml', schema });

const media = `apiVersion: apps/v1
kind: Deployment
metadata: { name: media, namespace: video }
spec:
  replicas: 2
  selector: { matchLabels: { app: media } }
  template:
    metadata: { labels: { app: media } }
    spec:
      tolerations: [{ operator: Exists }]
      securityContext: { runAsUser: 1000, fsGroup: 3000 }
      containers:
        - name: media
          image: example/media
          livenessProbe: { exec: { command: ['true'] } }
          resources: { limits: { gpu.intel.com/i915: 1, memory: 128Mi } }
          volumeMounts: [{ name: settings, mountPath: /etc/media }]
      volumes: [{ name: settings, configMap: { name: settings } }]
`;

test('a workload has the pod of its template, named after it, in its namespace', () => {
  const { workloads } = read(media);
  expect(workloads).toMatchObject([
    {
      kind: 'Deployment',
      name: 'media',
      namespace: 'video',
      podPath: ['spec', 'template'],
      pod: {
        metadata: { name: 'media-0', namespace: 'video', labels: { app: 'media' } },
        spec: {
          securityContext: { runAsUser: 1000, fsGroup: 3000 },
          containers: [{ name: 'media', resources: { limits: { 'gpu.intel.com/i915': '1', memory: '128Mi' } } }],
        },
      },
    },
  ]);
});

test('what changes nothing of what is tried is listed once, with its place and the reason', () => {
  const [media_] = read(media).workloads;
  expect(media_?.notLookedAt.map(({ path, place, why }) => `${place.line}:${place.column} ${path}: ${why}`)).toEqual([
    '5:3 spec.replicas: decides how many pods there are, and when they are replaced',
    '6:3 spec.selector: decides how many pods there are, and when they are replaced',
    '10:7 spec.template.spec.tolerations: decides on which node the pod runs, not what it may touch there',
    '15:11 spec.template.spec.containers[0].livenessProbe: decides when a container is started, checked or ended',
    '18:35 spec.template.spec.volumes[0].configMap: is known to a cluster alone; an empty directory stands in for it',
  ]);
});

test('a value of the pod has a place, and one that is not there that of what is around it', () => {
  const [workload] = read(media).workloads;
  expect(workload?.place(['spec', 'containers', 0, 'image'])).toEqual({ line: 14, column: 18 });
  expect(workload?.place(['spec', 'containers', 0, 'securityContext', 'privileged'])).toEqual({ line: 13, column: 11 });
});

test('documents and lists are read in the order of the text, and what makes no pod is named', () => {
  const pod = (name: string): string =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: i}]}}`;
  const { workloads, others } = read(
    `${pod('one')}\n---\n---\napiVersion: v1\nkind: List\nitems:\n- ${pod('two')}\n- {apiVersion: v1, kind: Service, metadata: {name: web}}\n--- # last\n${pod('three')}\n`,
  );
  expect(workloads.map(({ name }) => name)).toEqual(['one', 'two', 'three']);
  expect(others).toEqual(['Service web']);
});

test('a manifest in JSON is read, with the same places', () => {
  const text = JSON.stringify(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    undefined,
    2,
  );
  expect(read(text).workloads[0]?.place(['spec', 'containers', 0, 'image'])).toEqual({ line: 11, column: 18 });
});

test('a patched document is read as the pod that it then has', () => {
  const [workload] = read(media).workloads;
  const data = structuredClone(workload?.data);
  Object.assign(data as object, { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }], hostPID: true } } } });
  expect(podOf(data, ['spec', 'template']).spec.hostPID).toBe(true);
  expect(() => podOf(data, ['spec'])).toThrow('Cannot run the pod: ');
});

test('a field is known from the version on in which it came', () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  hostnameOverride: x\n  containers: [{ name: c, image: i }]\n';
  expect(read(text, 'v1.34.2').workloads).toHaveLength(1);
  expect(() => read(text, '1.33')).toThrow(
    'pod.yaml:5:3: spec.hostnameOverride came with Kubernetes 1.34, and this is read as 1.33',
  );
  expect(() => read(text, '1.12')).toThrow('Cannot read manifests of Kubernetes "1.12": known are 1.28 to 1.37');
});
