import { existsSync } from 'node:fs';
import { mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { exec } from '../../util/exec.ts';
import { cleanRun, documentOf, podproof } from './podproof.ts';

let results: string;
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'podproof-shell-'));
});
afterAll(() => rm(results, { recursive: true }));

/** A podproof that goes on, up to the moment when its standard error has these words. */
async function until(words: RegExp, args: string[]) {
  const going = podproof(args);
  onTestFinished(() => void going.kill('SIGTERM'));
  let said = '';
  await new Promise<void>((resolve) => {
    going.stderr.on('data', (text: Buffer) => words.test((said += String(text))) && resolve());
    void going.then(() => resolve());
  });
  const { stdout } = await exec(['pgrep', '-P', String(going.pid), '-f', 'qemu-system']);
  const machines = stdout.split('\n').filter((line) => line !== '');
  expect(machines, said).toHaveLength(1);
  return { going, machines };
}

const alive = (pids: readonly string[]): string[] => pids.filter((pid) => existsSync(`/proc/${pid}/exe`));

test('run --keep leaves its machine up for shells that reach its engine, until clean ends both', async () => {
  const only = 'runtime=runc suite=ownership scenario=user-and-group';
  const { going, machines } = await until(/stays up/, ['--results', results, 'run', '--only', only, '--keep']);
  const client = await podproof(['shell', 'debian-13', '--', 'ctr', 'version']);
  expect(client.stdout, client.stderr).toMatch(/Server:\n +Version: +1\.7\.24/);
  // Where there is a crictl to bring along, a pod is run with it as the welcome says.
  const script =
    'command -v crictl >/dev/null || exit 44; crictl run --no-pull --runtime=runc-1-1-15 container.json pod.json >/dev/null && crictl pods';
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
  const { going, machines } = await until(/made it/, [...shell, 'sh', '-c', 'echo made it >&2; sleep 600']);
  const cleaned = await podproof(['clean']);
  expect(cleaned.stdout, cleaned.stderr).toMatch(/given back: host debian-13/);
  expect((await going).exitCode).toBe(130);
  expect(alive(machines)).toEqual([]);
});
