import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../../util/paths.ts';
import { temporary } from '../temporary.ts';
import { documentOf, podproof } from './podproof.ts';

let directory: string;
beforeEach(async () => {
  const place = await temporary();
  directory = place.path;
  return () => place[Symbol.asyncDispose]();
});

/** A copy of matrix.json with one text replaced. */
async function matrixWith(from: string, to: string): Promise<string> {
  const file = join(directory, 'matrix.json');
  await cp(join(packageRoot, 'matrix.json'), file);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
  return file;
}

describe('bad input is one sentence with its place, exit 2, and nothing is started', () => {
  test.for([
    [
      'a typo in a key',
      '"allowExpiredRelease"',
      '"allowExpiredReleases"',
      /matrix\.json:\d+:\d+: hosts\.debian-sid: .*allowExpiredReleases/,
    ],
    [
      'an unknown version',
      'containerd@1.7.24',
      'containerd@1.7.99',
      /matrix\.json:\d+:\d+: profiles\.quick\.engines\[0\]: .*1\.7\.99/,
    ],
    ['a suite that does not exist', '"privileged"', '"priviledged"', /profiles\.quick\.suites.*priviledged/],
    ['broken JSON', '{', '{,', /matrix\.json:1:2: /],
  ] as const)('%s', async ([, from, to, message]) => {
    const matrix = await matrixWith(from, to);
    const results = join(directory, 'results');
    const run = await podproof(['--matrix', matrix, '--results', results, 'run']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    await expect(readdir(results)).rejects.toThrow('ENOENT');
  });

  test.for([
    ['an empty selection', ['run', '--only', 'engine=containerd runtime=crun host=debian-12'], /leaves no cell of profile quick/],
    ['an unknown question', ['run', '--only', 'question=OWN-OM'], /--only: word 1, "question=OWN-OM"/],
    ['an unknown run', ['judge', 'yesterday'], /Cannot open the run "yesterday"/],
    ['an unknown verb', ['prove'], /unknown command 'prove'/],
  ] as const)('%s', async ([, args, message]) => {
    const run = await podproof(['--results', join(directory, 'results'), ...args]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(message);
  });
});

test('the plan explains every combination that it leaves out', async () => {
  const run = await podproof(['plan', '--profile', 'qualification', '--json']);
  expect(run.exitCode).toBe(0);
  const plan = JSON.parse(run.stdout) as { cells: unknown[]; excluded: Array<{ cell: string; why: string }> };
  expect(plan.cells.length).toBeGreaterThan(10);
  expect(plan.excluded.length).toBeGreaterThan(0);
  expect(plan.excluded.filter(({ why }) => why.length < 10)).toEqual([]);
});

test('a Kata cell without its binaries is blocked, with the sentence that says how to get them, and the exit code is 75', async () => {
  const results = join(directory, 'results');
  const args = ['--results', results, 'run', '--profile', 'qualification', '--only', 'runtime=kata engine=containerd@1.7.24'];
  const run = await podproof(args, { PODPROOF_ARTIFACTS: join(directory, 'none') });
  expect(run.exitCode).toBe(75);
  const document = await documentOf(join(results, 'latest'));
  expect(document.cells.length).toBeGreaterThan(0);
  for (const cell of document.cells) {
    expect(cell.verdict).toBe('blocked');
    expect(cell.reason).toMatch(/PODPROOF_ARTIFACTS/);
  }
});
