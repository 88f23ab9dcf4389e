import { expect, test } from 'vitest';
import type { ExecResult } from '../util/exec.ts';
import { refusalOf } from './pods.ts';
import { staticPods } from './static-pods.ts';

/** A host whose kubelet knows no pod, and says this in its log of a manifest. */
function logging(line: string) {
  return {
    write: async () => undefined,
    async exec(argv: readonly string[]): Promise<ExecResult> {
      const stdout = argv[0] === 'grep' ? line : argv.includes('wget') ? '{"items":null}' : '';
      return { argv, exitCode: 0, stdout, stderr: '', timedOut: false, durationMs: 0, failure: '' };
    },
  };
}

test('a manifest that the kubelet cannot take for a pod is refused with the words of its log', async () => {
  const line =
    'E1129 08:00:00.0 1 file.go:186] "Could not process manifest file" err="/d/manifests/p.yaml: invalid pod: spec.x: Invalid value: \\"y\\": no" path="/d/manifests/p.yaml"\n';
  const pods = staticPods(logging(line), { version: '1.37.2', directory: '/d' }, new AbortController().signal);
  const pod = await pods.waitFor('p', (seen) => refusalOf(seen) !== undefined);
  expect(refusalOf(pod)).toEqual({
    call: 'Admission',
    code: 'InvalidManifest',
    message: '/d/manifests/p.yaml: invalid pod: spec.x: Invalid value: "y": no',
  });
});

test('a manifest of which the log says nothing may still come', async () => {
  const pods = staticPods(logging(''), { version: '1.37.2', directory: '/d' }, new AbortController().signal);
  await expect(pods.waitFor('p', () => true, 50)).rejects.toThrow('the kubelet knows no such pod');
});

test('what a kubelet tries without end is reported in its newest words', async () => {
  const line = (why: string): string =>
    `E1129 1 pod_workers.go:1] "Error syncing pod, skipping" err="${why}" pod="default/p-node" podUID="u"\n`;
  const pods = staticPods(
    logging(line('one') + line('\\"two\\"')),
    { version: '1.37.2', directory: '/d' },
    new AbortController().signal,
  );
  expect(await pods.trouble('p')).toBe('"two"');
});
