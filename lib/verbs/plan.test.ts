import { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/artifacts.ts';
import { UsageError } from '../util/errors.ts';
import { packageRoot } from '../util/paths.ts';
import { planFrom, planVerb } from './plan.ts';

const matrix = join(packageRoot, 'matrix.json');

afterEach(() => void vi.restoreAllMocks());

/** What `podproof plan` prints. */
async function printed(...flags: string[]): Promise<string> {
  const texts: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  const program = new Command('podproof').option('--matrix <file>', '', matrix).exitOverride();
  planVerb(program);
  await program.parseAsync(['plan', ...flags], { from: 'user' });
  return texts.join('');
}

describe('plan', () => {
  it('is made of the matrix in the package', async () => {
    const plan = await planFrom({ matrix, profile: 'quick' });
    expect(plan.cells.map(({ id }) => id)).toContain('debian-13/containerd-1.7.24/runc-1.1.15');
    expect(plan.only).toBe('');
  });

  it('keeps the selection, so that a resumed run judges what it was asked for', async () => {
    const plan = await planFrom({ matrix, profile: 'quick', only: 'suite=ownership rule=OWN-ON' });
    expect(plan).toMatchObject({ suites: ['ownership'], only: 'suite=ownership rule=OWN-ON' });
  });

  it.for([
    [{ profile: 'qiuck' }, /profile "qiuck".*quick/],
    [{ profile: 'quick', only: 'rule=OWN-OM' }, /OWN-OM/],
    [{ profile: 'quick', only: 'scenario=user-onyl' }, /user-onyl.*user-only/],
  ] as const)('of %j is bad input that names the near miss', async ([flags, words]) => {
    await expect(planFrom({ matrix, ...flags })).rejects.toThrow(words);
    await expect(planFrom({ matrix, ...flags })).rejects.toBeInstanceOf(UsageError);
  });

  it('of a matrix with a suite that there is not says where, and which there are', async () => {
    await using place = await temporary();
    const file = join(place.path, 'matrix.json');
    await writeFile(file, (await readFile(matrix, 'utf8')).replaceAll('"hygiene"', '"hygene"'));
    await expect(planFrom({ matrix: file, profile: 'quick' })).rejects.toThrow(
      /matrix\.json: profiles\.quick\.suites: there is no suites\/hygene\.suite\.ts; suites: identity, .*hygiene$/,
    );
  });

  it('is printed for people, and as JSON for machines', async () => {
    expect(await printed('--profile', 'quick')).toMatch(/containerd 1\.7\.24 .*runc 1\.1\.15, crun 1\.21/);
    expect(JSON.parse(await printed('--profile', 'quick', '--shards', '2', '--json'))).toBeTypeOf('object');
  });

  it.for(['0', '-1', '2.5', 'many', '10000'])('for %s machines is bad input', async (shards) => {
    await expect(printed('--shards', shards)).rejects.toThrow(`--shards: expected a number from 1 to 9999, found "${shards}"`);
  });
});
