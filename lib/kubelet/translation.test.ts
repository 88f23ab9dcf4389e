import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordedRuns } from '../testing/recorded.ts';
import { packageRoot } from '../util/paths.ts';
import { requestDifferences } from './differences.ts';
import { RecordedKubelet, type RecordedPod } from '../model/kubelet-record.ts';

const directory = join(packageRoot, 'results/kubelet');
const kubelets = readdirSync(directory)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: file.replace(/\.json$/, ''),
    ...RecordedKubelet.parse(JSON.parse(readFileSync(join(directory, file), 'utf8'))),
  }));

describe.each(kubelets)('podproof asks an engine for a pod as kubelet $name does', ({ node, pods }) => {
  test.each(Object.entries(pods))('for %s, field by field', (_, pod) => {
    expect(requestDifferences(node, pod)).toEqual([]);
  });
});

const observed = (await recordedKubelets()).map(({ cell, scenario, kubelet: { node, pod } }) => ({ cell, scenario, node, pod }));

// The same of engines that ran the pods, with other drivers and versions.
test.each(observed)('podproof asks for the pod $scenario as the kubelet of $cell did', ({ node, pod }) => {
  expect(requestDifferences(node, pod)).toEqual([]);
});

async function recordedKubelets() {
  const runs = await Promise.all(
    recordedRuns().map(async ({ folder }) => folder.observations((await folder.plan()).cells.map(({ id }) => id))),
  );
  return runs
    .flat()
    .flatMap(({ observation: { cell, scenario, kubelet } }) =>
      kubelet === undefined || kubelet.pod.requests.length === 0 ? [] : [{ cell, scenario, kubelet }],
    );
}

/** The recorded pod, after somebody between kubelet and engine changed its first request of this call. */
function changed(pod: RecordedPod, call: string, change: (text: string) => string): RecordedPod {
  const at = pod.requests.findIndex((request) => request.call === call);
  return {
    ...pod,
    requests: pod.requests.map((request, index) =>
      index === at ? { ...request, request: JSON.parse(change(JSON.stringify(request.request))) } : request,
    ),
  };
}

test.each([
  ['RunPodSandbox', /"hostname":"[^"]*"/, '"hostname":"elsewhere"', 'sandbox: hostname'],
  ['CreateContainer', /"cpu_shares":"\d+"/, '"cpu_shares":"7"', 'container main: linux.resources.cpu_shares'],
  [
    'CreateContainer',
    /"masked_paths":\["[^"]*"/,
    '"masked_paths":["/proc/none"',
    'container main: linux.security_context.masked_paths[0]',
  ],
])('a field of %s that is another is named', (call, found, to, field) => {
  const [recorded] = kubelets;
  const plain = recorded?.pods['plain'];
  if (recorded === undefined || plain === undefined) throw new Error('no kubelet was recorded');
  const differences = requestDifferences(
    recorded.node,
    changed(plain, call, (text) => {
      const other = text.replace(found, to);
      expect(other).not.toBe(text);
      return other;
    }),
  );
  expect(differences.map((difference) => difference.field)).toContain(field);
});
