import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readDocument } from '../../record/read-document.ts';
import { fakeFleet, only } from './fake-fleet.ts';
import { forFile } from './for-file.ts';

const fleet = await forFile(fakeFleet());

const Told = z.object({
  against: z.string(),
  exit: z.number(),
  changes: z.array(
    z.object({ kind: z.string(), question: z.string(), before: z.object({ answer: z.string() }), unrecorded: z.boolean() }),
  ),
});

/** On one engine, as the fleet has several. */
const narrow = `engine=containerd@1.7.24 ${only}`;

describe('qualify', () => {
  beforeAll(async () => {
    await fleet.add('crun', 'crun-1.99');
  });

  const qualify = (machine: string, ...args: string[]) => fleet.podproof(machine, ['qualify', ...args, '--profile', 'all']);

  test('runs a version that the matrix does not know beside the newest older one, on one host, and says what it broke', async () => {
    const { exitCode, stdout, stderr } = await qualify('one', 'crun@1.99', '--only', narrow);
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toMatch(/^crun 1\.21 → 1\.99, with containerd 1\.7\.24 on even \(ssh, none\)$/m);
    expect(stdout).toMatch(/^Changed: \d+ of \d+ answers changed$/m);
    expect(stdout).toMatch(/^ {4}opens → EACCES: key unknown: breaks, nobody has recorded it$/m);
    expect(stdout).toMatch(/^Exit {6}1: something is newly weaker or newly broken, or changed and nobody/m);
    const folder = fleet.latest('one');
    const document = await readDocument(join(folder, 'report.json'));
    expect(document.cells.map(({ id }) => id)).toEqual(['even/containerd-1.7.24/crun-1.21', 'even/containerd-1.7.24/crun-1.99']);
    expect(document.spans.filter(({ phase, name }) => phase === 'host' && name === 'even')).toHaveLength(1);
    const told = Told.parse(JSON.parse(await readFile(join(folder, 'qualify.json'), 'utf8')));
    expect(told).toMatchObject({ against: '1.21', exit: 1 });
    expect(told.changes).toContainEqual(
      expect.objectContaining({ kind: 'newly-broken', question: 'OWN-ON', before: { answer: 'owned' } }),
    );
    expect(await readFile(join(folder, 'qualify.patch'), 'utf8')).toContain("+    where: [runtime('crun >=1.99')],");
    expect(await readFile(join(folder, 'qualify.html'), 'utf8')).toContain(
      'href="report.html#cell=even%2Fcontainerd-1.7.24%2Fcrun-1.99',
    );
  });

  test('exits with 0 where nothing changed, and has nothing to record', async () => {
    const { exitCode, stdout, stderr } = await qualify('two', 'runc@1.3.6', '--host', 'odd', '--only', narrow);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^Changed: 0 of \d+ answers changed$/m);
    expect(await readdir(fleet.latest('two'))).not.toContain('qualify.patch');
  });

  test('compares a recorded run again without a host', async () => {
    const { exitCode, stdout, stderr } = await fleet.podproof('one', [
      ...['qualify', 'crun@1.99', '--against', '1.21', '--recorded', 'latest', '--json'],
    ]);
    expect(exitCode, stderr).toBe(1);
    expect(Told.parse(JSON.parse(stdout)).changes.map(({ question }) => question)).toContain('OWN-ON');
  });

  test('is blocked, with the reason, where a version is unavailable', async () => {
    const { exitCode, stdout } = await qualify('three', 'containerd@1.6.38', '--only', `runtime=crun ${only}`);
    expect(exitCode).toBe(75);
    expect(stdout).toMatch(/^\d+ blocked: .*containerd.1\.6\.38/m);
    expect(stdout).toMatch(/^Exit {6}75: nothing of 1\.6\.38 could be compared$/m);
  });

  test.for([
    [['contanerd@2.4.2'], 'did you mean "containerd"?'],
    [['crun@1.21'], 'nothing older is known'],
    [['crun@1.99', '--against', '2.0'], 'crun 2.0 is not older than 1.99'],
    [['crun@1.99', '--recorded', 'latest'], 'name the older version too'],
    [['crun@1.99', '--out', 'somewhere'], '--out: names a directory for --recorded'],
  ] as const)('refuses %o before anything is started', async ([args, words]) => {
    const { exitCode, stderr } = await qualify('four', ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
    expect(await readdir(join(fleet.latest('four'), '..')).catch(() => [])).toEqual([]);
  });
});
