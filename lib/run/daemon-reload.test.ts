import { expect, test } from 'vitest';
import type { ExecResult } from '../util/exec.ts';
import { reloadDaemon } from './daemon-reload.ts';

/** A host whose reloads end when a test says so. */
function host() {
  const ends: Array<(exitCode: number) => void> = [];
  const exec = (argv: readonly string[]): Promise<ExecResult> =>
    new Promise((resolve) =>
      ends.push((exitCode) =>
        resolve({ argv, exitCode, stdout: '', stderr: 'no bus', timedOut: false, durationMs: 1, failure: '' }),
      ),
    );
  return { remote: { exec }, ends };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('those who ask while a reload is under way share the next, as theirs must begin after they asked', async () => {
  const { remote, ends } = host();
  const first = reloadDaemon(remote);
  await turn();
  const others = [reloadDaemon(remote), reloadDaemon(remote), reloadDaemon(remote)];
  await turn();
  expect(ends).toHaveLength(1);
  ends[0]?.(0);
  await first;
  await turn();
  expect(ends).toHaveLength(2);
  const later = reloadDaemon(remote);
  ends[1]?.(0);
  await Promise.all(others);
  await turn();
  expect(ends).toHaveLength(3);
  ends[2]?.(0);
  await later;
});

test('a reload that fails is the failure of those who share it, and of nobody else', async () => {
  const { remote, ends } = host();
  const first = reloadDaemon(remote);
  await turn();
  const next = reloadDaemon(remote);
  ends[0]?.(1);
  await expect(first).rejects.toThrow('Cannot run systemctl daemon-reload: no bus');
  await turn();
  ends[1]?.(0);
  await next;
});

test('a reload of one host is none of another', async () => {
  const [one, two] = [host(), host()];
  const both = [reloadDaemon(one.remote), reloadDaemon(two.remote)];
  await turn();
  expect([one.ends.length, two.ends.length]).toEqual([1, 1]);
  one.ends[0]?.(0);
  two.ends[0]?.(0);
  await Promise.all(both);
});
