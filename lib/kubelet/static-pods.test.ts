import { describe, expect, test } from 'vitest';
import type { ExecResult } from '../util/exec.ts';
import { refusalOf } from './pods.ts';
import { staticPods } from './static-pods.ts';

/** A host whose kubelet knows these pods, or none, and says this in its log of a manifest. */
function logging(line: string, pods = '{"items":null}') {
  return {
    write: async () => undefined,
    async exec(argv: readonly string[]): Promise<ExecResult> {
      const stdout = argv[0] === 'grep' ? line : argv.includes('wget') ? pods : '';
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

test('nobody waits for a kubelet that is gone', async () => {
  const gone = { ...logging(''), exec: async () => Promise.reject(new Error('no connection')) };
  const pods = staticPods(gone, { version: '1.37.2', directory: '/d' }, new AbortController().signal, 1);
  const waited = pods.waitFor('p', () => true);
  await expect(waited).rejects.toThrow('Cannot ask the kubelet for its pods: it has not answered for 0 s');
});

test('a kubelet that was given up once is asked again by whoever waits for another pod', async () => {
  const status = { phase: 'Running', containerStatuses: [] };
  const items = [{ metadata: { name: 'p-node', namespace: 'default', uid: 'u' }, status }];
  let there = false;
  const remote: Parameters<typeof staticPods>[0] = {
    ...logging(''),
    exec: (argv) => (there ? logging('', JSON.stringify({ items })).exec(argv) : Promise.reject(new Error('no connection'))),
  };
  const pods = staticPods(remote, { version: '1.37.2', directory: '/d' }, new AbortController().signal, 1);
  await expect(pods.waitFor('p', () => true)).rejects.toThrow('it has not answered for 0 s');
  there = true;
  expect((await pods.waitFor('p', () => true)).status.phase).toBe('Running');
});

describe('what a kubelet tries without end', () => {
  const line = (time: string, why: string): string =>
    `E1129 ${time} 1 pod_workers.go:1] "Error syncing pod, skipping" err="${why}" pod="default/p-node" podUID="u"\n`;
  const troubleIn = (...lines: string[]) =>
    staticPods(logging(lines.join('')), { version: '1.37.2', directory: '/d' }, new AbortController().signal).trouble('p');

  test('is reported in its newest words, with the time for which it says nothing else', async () => {
    const lines = [line('08:00:00.500000', 'one'), line('08:00:11.000000', '\\"two\\"'), line('08:00:23.250000', '\\"two\\"')];
    expect(await troubleIn(...lines)).toEqual({ message: '"two"', forMs: 12_250 });
    expect(await troubleIn(...lines, line('08:00:31.000000', 'one'))).toEqual({ message: 'one', forMs: 0 });
    expect(await troubleIn()).toBeUndefined();
  });

  test('goes on over midnight', async () => {
    expect(await troubleIn(line('23:59:55.000000', 'no'), line('00:00:06.000000', 'no'))).toEqual({
      message: 'no',
      forMs: 11_000,
    });
  });
});

test('a pod is gone once the kubelet does not know it and its control groups are removed', async () => {
  const known = JSON.stringify({ items: [{ metadata: { name: 'p-node', namespace: 'default', uid: '0a-1b' }, status: {} }] });
  const answers = {
    pods: [known, '{"items":null}'],
    groups: ['/sys/fs/cgroup/kubepods.slice/kubepods-pod0a_1b.slice\n', ''],
  };
  const asked: string[] = [];
  const remote = {
    write: async () => undefined,
    async exec(argv: readonly string[]): Promise<ExecResult> {
      const what = argv.includes('wget') ? 'pods' : argv.includes('0a_1b') ? 'groups' : undefined;
      asked.push(what ?? argv[0] ?? '');
      // The last answer stays.
      const stdout = what === undefined ? '' : ((answers[what].length > 1 ? answers[what].shift() : answers[what][0]) ?? '');
      return { argv, exitCode: 0, stdout, stderr: '', timedOut: false, durationMs: 0, failure: '' };
    },
  };
  await (
    await staticPods(remote, { version: '1.37.2', directory: '/d' }, new AbortController().signal, 1).add('p', '')
  )[Symbol.asyncDispose]();
  expect(asked).toEqual(['mv', 'rm', 'pods', 'pods', 'groups', 'pods', 'groups']);
});
