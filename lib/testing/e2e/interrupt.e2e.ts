import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { runtimeDirectory } from '../../util/paths.ts';
import { temporary } from '../temporary.ts';
import { alive, cleanRun, documentOf, firstPod, machinesOf, podproof, recordedLines } from './podproof.ts';

const pods = ['user-and-group', 'user-only', 'root', 'image-user'];
const only = `runtime=crun suite=ownership scenario=${pods.join(',')}`;
let results: string;
beforeEach(async () => {
  const place = await temporary();
  results = place.path;
  return () => place[Symbol.asyncDispose]();
});

const recorded = async (): Promise<number> => (await recordedLines(join(results, 'latest'))).length;

/** A run that has recorded its first pod, and its one machine. */
async function inMidRun() {
  const run = podproof(['--results', results, 'run', '--only', only]);
  await firstPod(join(results, 'latest'), 420_000);
  const ours = await machinesOf(run);
  expect(ours).toHaveLength(1);
  return { run, ours };
}

test('after kill -9 in mid-run, clean leaves nothing and --resume finishes the rest', async () => {
  const { run, ours } = await inMidRun();
  run.kill('SIGKILL');
  await run;
  expect(alive(ours)).toEqual(ours);
  const done = await recorded();
  expect(done).toBeLessThan(pods.length);

  const id = await readlink(join(results, 'latest'));
  expect(await cleanRun(id)).toContain('removed');
  expect(alive(ours)).toEqual([]);
  expect(await cleanRun(id, '--dry-run')).toEqual([]);
  const mounts = await readFile('/proc/mounts', 'utf8');
  expect(mounts).not.toContain(runtimeDirectory());

  const resumed = await podproof(['--results', results, 'run', '--resume']);
  expect(resumed.exitCode, resumed.stderr).toBe(0);
  const document = await documentOf(join(results, 'latest'));
  expect(document.run.complete).toBe(true);
  expect(document.counts.missing).toBe(0);
  expect(await recorded()).toBe(pods.length);
});

test('SIGINT tears the host down and keeps what was seen', async () => {
  const { run, ours } = await inMidRun();
  run.kill('SIGINT');
  const { exitCode } = await run;
  expect(exitCode).toBe(130);
  expect(alive(ours)).toEqual([]);
  const document = await documentOf(join(results, 'latest'));
  expect(document.run.complete).toBe(false);
  expect(document.counts.pass).toBeGreaterThan(0);
});

test('a host that dies in mid-run is brought back, the pods under way are launched again, and the run goes on', async () => {
  const { run, ours } = await inMidRun();
  process.kill(Number(ours[0]), 'SIGKILL');
  const { exitCode, stderr } = await run;
  expect(stderr).toMatch(/Host debian-13 is lost: .*; bringing it back/);
  expect(exitCode).toBe(0);
  const document = await documentOf(join(results, 'latest'));
  expect(document.counts).toMatchObject({ error: 0, missing: 0, blocked: 0, fail: 0 });
  expect(document.verdicts.filter(({ flaky }) => flaky === true).length).toBeGreaterThan(0);
});
