import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { suites } from '../../suites/all.ts';
import { readManifest } from '../manifest/read.ts';
import { probeIn, staticManifest } from './static-manifest.ts';

const text = `
apiVersion: v1
kind: Pod
metadata: { name: other, annotations: { keep: 'yes' } }
spec:
  hostNetwork: true
  initContainers: [{ name: first, image: a, args: [x] }]
  containers: [{ name: main, image: b, command: [c], args: [d], env: [{ name: E, value: f }] }, { name: beside, image: g }]
`;

test('the probe takes the place of what containers run, and nothing else changes', () => {
  const { manifest, container } = staticManifest(parse(text), 'mine', probeIn('probe:1'));
  expect(container).toBe('main');
  expect(JSON.parse(manifest)).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'mine', annotations: { keep: 'yes' } },
    spec: {
      hostNetwork: true,
      initContainers: [{ name: 'first', image: 'probe:1', command: ['/bin/true'], args: [] }],
      containers: [
        { name: 'main', image: 'probe:1', command: ['/pause'], args: [], env: [{ name: 'E', value: 'f' }] },
        { name: 'beside', image: 'probe:1', command: ['/pause'], args: [] },
      ],
    },
  });
});

test('what is no pod is refused', () => {
  expect(() => staticManifest({ spec: {} }, 'mine', probeIn('probe:1'))).toThrow(/containers/);
});

const manifests = suites.flatMap(({ scenarios }) =>
  scenarios.flatMap((scenario) => ('manifest' in scenario ? [[scenario.id, scenario.manifest] as const] : [])),
);

test.each(manifests)('the manifest of %s is a pod that an API server takes', (_, manifest) => {
  const filled = staticManifest(parse(manifest.replaceAll(/\{(char|block)\}/g, '/dev/x')), 'mine', probeIn('probe:1')).manifest;
  expect(readManifest(filled, { file: 'manifest', schema: '1.37' }).workloads).toHaveLength(1);
});
