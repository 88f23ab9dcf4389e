import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporary } from '../temporary.ts';
import { forFile } from './for-file.ts';
import { alive, cleanRun, documentOf, machinesOf, podproof, until } from './podproof.ts';

const { path: results } = await forFile(temporary());

/** A podproof that goes on, up to the moment when its standard error has these words. */
async function goingOn(words: RegExp, args: string[]) {
  const going = podproof(args);
  onTestFinished(() => void going.kill('SIGTERM'));
  const said = await until(going, words);
  const machines = await machinesOf(going);
  expect(machines, said).toHaveLength(1);
  return { going, machines };
}

test('run --keep leaves its machine up for shells that reach its engine, until clean ends both', async () => {
  const only = 'runtime=crun suite=ownership scenario=user-and-group';
  const { going, machines } = await goingOn(/stays up/, ['--results', results, 'run', '--only', only, '--keep']);
  const client = await podproof(['shell', 'debian-13', '--', 'ctr', 'version']);
  expect(client.stdout, client.stderr).toMatch(/Server:\n +Version: +1\.7\.24/);
  // Where there is a crictl to bring along, a pod is run with it as the welcome says.
  const script =
    'command -v crictl >/dev/null || exit 44; crictl run --no-pull --runtime=crun-1-21 container.json pod.json >/dev/null && crictl pods';
  const pods = await podproof(['shell', 'debian-13', '--', 'sh', '-c', script]);
  if (pods.exitCode !== 44) expect(pods.stdout, pods.stderr).toMatch(/Ready +kept +default/);
  const cleaned = await podproof(['clean']);
  expect(cleaned.stdout, cleaned.stderr).toMatch(/given back: host debian-13, which process \d+ of run/);
  const { exitCode, stderr } = await going;
  expect(exitCode, stderr).toBe(0);
  expect(alive(machines)).toEqual([]);
  expect(await cleanRun(await readlink(join(results, 'latest')))).toEqual([]);
  expect((await documentOf(join(results, 'latest'))).run).toMatchObject({ complete: true, exit: 0 });
});

test('a shell for which no host is kept brings one up, and both end with its command, or by clean', async () => {
  const shell = ['shell', 'debian-13', '--only', 'runtime=crun', '--'];
  const once = await podproof([...shell, 'sh', '-c', 'ctr version | grep -q 1.7.24 && echo reached; exit 7']);
  expect(once, once.stderr).toMatchObject({ exitCode: 7, stdout: 'reached' });
  const { going, machines } = await goingOn(/made it/, [...shell, 'sh', '-c', 'echo made it >&2; sleep 600']);
  const cleaned = await podproof(['clean']);
  expect(cleaned.stdout, cleaned.stderr).toMatch(/given back: host debian-13/);
  expect((await going).exitCode).toBe(130);
  expect(alive(machines)).toEqual([]);
});
