import { expect, test } from 'vitest';
import type { Remote } from '../hosts/host.ts';
import { podCgroupOn } from './pod-cgroup.ts';

async function removed(path: string | undefined): Promise<readonly string[] | undefined> {
  let ran: readonly string[] | undefined;
  const remote: Pick<Remote, 'exec'> = {
    async exec(argv) {
      ran = argv;
      return { argv, exitCode: 0, stdout: '', stderr: '', timedOut: false, durationMs: 0, failure: '' };
    },
  };
  {
    await using _ = podCgroupOn(remote, path);
    expect(ran).toBeUndefined();
  }
  return ran;
}

test('the control group of a pod is removed when the pod is gone, by its path and by the name of its slice', async () => {
  expect((await removed('/kubepods.slice/kubepods-podu.slice'))?.slice(-2)).toEqual([
    '/kubepods.slice/kubepods-podu.slice',
    'kubepods-podu.slice',
  ]);
});

test('a pod that was given no control group has none to remove', async () => {
  expect(await removed(undefined)).toBeUndefined();
});
