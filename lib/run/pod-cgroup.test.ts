import { expect, test } from 'vitest';
import type { Remote } from '../hosts/host.ts';
import { podCgroups } from './pod-cgroup.ts';

const slice = (uid: string): string => `/kubepods.slice/kubepods-pod${uid}.slice`;

/** A host that remembers which groups it was told to remove, by removal. */
function host(): { removals: string[][]; remote: Pick<Remote, 'exec'> } {
  const removals: string[][] = [];
  return {
    removals,
    remote: {
      async exec(argv) {
        removals.push(argv.slice(5));
        return { argv, exitCode: 0, stdout: '', stderr: '', timedOut: false, durationMs: 0, failure: '' };
      },
    },
  };
}

test('the control group of a pod is removed once the pod is gone, and at the latest when no more pods come', async () => {
  const { removals, remote } = host();
  {
    await using groups = podCgroups(remote);
    using _first = groups.of(slice('1'));
    {
      using _second = groups.of(slice('2'));
    }
    expect(removals).toEqual([]);
  }
  expect(removals).toEqual([[slice('2'), slice('1')]]);
});

test('the last groups on a machine that ends with them are left there', async () => {
  const { removals, remote } = host();
  const paths = Array.from({ length: 9 }, (_, index) => slice(String(index)));
  {
    await using groups = podCgroups(remote, { endWithMachine: true });
    for (const path of paths) groups.of(path)[Symbol.dispose]();
  }
  expect(removals).toEqual([paths.slice(0, 8)]);
});

test('groups of pods that are gone are removed together, each once, and no more than eight wait for it', async () => {
  const { removals, remote } = host();
  const paths = Array.from({ length: 20 }, (_, index) => slice(String(index)));
  {
    await using groups = podCgroups(remote);
    for (const path of paths) groups.of(path)[Symbol.dispose]();
    expect(removals).toEqual([paths.slice(0, 8), paths.slice(8, 16)]);
  }
  expect(removals.flat()).toEqual(paths);
});

test('a pod that was given no control group has none to remove', async () => {
  const { removals, remote } = host();
  {
    await using groups = podCgroups(remote);
    groups.of(undefined)[Symbol.dispose]();
  }
  expect(removals).toEqual([]);
});
