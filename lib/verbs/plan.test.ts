import { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporary } from '../testing/temporary.ts';
import { fakeDebian } from '../testing/fake-debian.ts';
import { UsageError } from '../util/errors.ts';
import { packageRoot } from '../util/paths.ts';
import { planFrom, planVerb } from './plan.ts';

const matrix = join(packageRoot, 'matrix.json');

const asking = { signal: new AbortController().signal, progress: () => undefined };

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

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
    const plan = await planFrom({ matrix, profile: 'quick' }, asking);
    expect(plan.cells.map(({ id }) => id)).toContain('debian-13/containerd-1.7.24/runc-1.1.15');
    expect(plan.only).toBe('');
  });

  it('keeps the selection, so that a resumed run judges what it was asked for', async () => {
    const plan = await planFrom({ matrix, profile: 'quick', only: 'suite=ownership question=OWN-ON' }, asking);
    expect(plan).toMatchObject({ suites: ['ownership'], only: 'suite=ownership question=OWN-ON' });
  });

  it.for([
    [{ profile: 'qiuck' }, /profile "qiuck".*quick/],
    [{ profile: 'quick', only: 'question=OWN-OM' }, /OWN-OM/],
    [{ profile: 'quick', only: 'scenario=user-onyl' }, /user-onyl.*user-only/],
  ] as const)('of %j is bad input that names the near miss', async ([flags, words]) => {
    await expect(planFrom({ matrix, ...flags }, asking)).rejects.toThrow(words);
    await expect(planFrom({ matrix, ...flags }, asking)).rejects.toBeInstanceOf(UsageError);
  });

  it('of a matrix with a suite that there is not says where, and which there are', async () => {
    await using place = await temporary();
    const file = join(place.path, 'matrix.json');
    await writeFile(file, (await readFile(matrix, 'utf8')).replaceAll('"hygiene"', '"hygene"'));
    await expect(planFrom({ matrix: file, profile: 'quick' }, asking)).rejects.toThrow(
      /matrix\.json: profiles\.quick\.suites: there is no suites\/hygene\.suite\.ts; suites: identity, .*hygiene$/,
    );
  });

  it('is printed for people, and as JSON for machines', async () => {
    expect(await printed('--profile', 'quick')).toMatch(/containerd 1\.7\.24 .*runc 1\.1\.15, crun 1\.21/);
    const { cells } = await planFrom({ matrix, profile: 'quick' }, asking);
    const { shards } = z
      .object({ shards: z.array(z.object({ cells: z.array(z.string()) })) })
      .parse(JSON.parse(await printed('--profile', 'quick', '--shards', '2', '--json')));
    expect(shards).toHaveLength(2);
    expect(shards.flatMap((shard) => shard.cells).toSorted()).toEqual(cells.map(({ id }) => id).toSorted());
  });

  it('names cells by the version that a floating one came to, and asks for none that it does not need', async () => {
    await using place = await temporary();
    vi.stubEnv('XDG_CACHE_HOME', place.path);
    const { calls } = await fakeDebian(place.path, { 'apt-cache': 'echo "$3 | 9.8.7+ds1-1 | x"' });
    const lines: string[] = [];
    const plan = await planFrom({ matrix, profile: 'ci' }, { ...asking, progress: (line) => lines.push(line) });
    expect(plan.cells.map(({ id }) => id)).toContain('debian-sid/containerd-9.8.7/crun-9.8.7');
    expect(JSON.stringify(plan.cells)).not.toContain('newest');
    expect(lines).toContain('containerd: newest of sid is 9.8.7 (9.8.7+ds1-1)');
    expect(await calls()).not.toContain('apt-cache madison -- runsc');
    const before = (await calls()).length;
    await planFrom({ matrix, profile: 'ci', only: 'host=debian-13' }, asking);
    expect((await calls()).length).toBe(before);
  });

  it('fetches an index once an hour for people, and each time for machines, as shards run what they are given', async () => {
    await using place = await temporary();
    vi.stubEnv('XDG_CACHE_HOME', place.path);
    const { calls } = await fakeDebian(place.path, { 'apt-cache': 'echo "$3 | 9.8.7+ds1-1 | x"' });
    const fetched = async (...words: string[]): Promise<number> => {
      expect(await printed('--profile', 'ci', ...words)).toContain('9.8.7');
      return (await calls()).filter((line) => line.startsWith('mmdebstrap')).length;
    };
    expect([await fetched(), await fetched(), await fetched('--json'), await fetched()]).toEqual([1, 1, 2, 2]);
  });

  it('keeps cells whose version cannot be looked up, and says why', async () => {
    await using place = await temporary();
    vi.stubEnv('XDG_CACHE_HOME', place.path);
    await fakeDebian(place.path, { mmdebstrap: 'echo "E: no route to mirror" >&2; exit 1' });
    const lines: string[] = [];
    const plan = await planFrom({ matrix, profile: 'ci' }, { ...asking, progress: (line) => lines.push(line) });
    expect(plan.cells.map(({ id }) => id)).toContain('debian-sid/containerd-newest-sid/crun-newest-sid');
    expect(plan.cells.map(({ id }) => id)).toContain('debian-12/containerd-1.6.20/crun-1.8.1');
    expect(lines).toContain(
      'crun: newest of sid is unknown: Cannot fetch the package index of Debian sid: no route to mirror; check the network, or give the artifact the source "path"',
    );
  });

  it.for(['0', '-1', '2.5', 'many', '10000'])('for %s machines is bad input', async (shards) => {
    await expect(printed('--shards', shards)).rejects.toThrow(`--shards: expected a number from 1 to 9999, found "${shards}"`);
  });
});
