import { cp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fakeFleet, only } from './fake-fleet.ts';
import { forFile } from './for-file.ts';
import { documentOf, firstPod, recordedLines } from './podproof.ts';

const fleet = await forFile(fakeFleet());

const narrow = `${only} engine=containerd@1.7.24 host=odd`;

describe('a run that was killed on one machine, and its folder copied to another', () => {
  let copy: string;
  let recorded: string[];

  beforeAll(async () => {
    const run = fleet.podproof('first', ['run', '--profile', 'all', '--only', narrow]);
    await firstPod(fleet.latest('first'));
    run.kill('SIGKILL');
    await run;
    copy = join(fleet.directory, 'copied', 'to', 'here');
    await cp(await realpath(fleet.latest('first')), copy, { recursive: true });
    await rm(join(fleet.directory, 'first'), { recursive: true });
    recorded = await recordedLines(copy);
    expect(recorded.length).toBeLessThan(6);
  });

  test('has no path of the first machine in it', async () => {
    for (const name of await readdir(copy, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const text = await readFile(join(name.parentPath, name.name), 'utf8');
      expect(text.includes(join(fleet.directory, 'first')), name.name).toBe(false);
    }
  });

  test('does not go on with other binaries: what was seen is not judged by them', async () => {
    await fleet.stock('other-shelf', 'another build');
    const other = join(fleet.directory, 'other-copy');
    await cp(copy, other, { recursive: true });
    const { exitCode, stderr } = await fleet.podproof('other', ['run', '--resume', other], 'other-shelf');
    expect(stderr).toMatch(
      /containerd 1\.7\.24 from .* is not what this run began with: containerd has sha256 \w{12}, then \w{12}/,
    );
    const document = await documentOf(other);
    // A question that the recorded pods broke wins over what is blocked.
    expect(exitCode).toBe(document.counts.fail > 0 ? 1 : 75);
    expect(document.counts.void).toBe(0);
    expect(document.counts.blocked).toBeGreaterThan(0);
    expect(document.counts.pass).toBeGreaterThan(0);
  });

  test('goes on there with the same binaries from another place, launches only the rest, and has every verdict', async () => {
    await fleet.stock('moved-shelf');
    const { exitCode, stderr } = await fleet.podproof('second', ['run', '--resume', copy], 'moved-shelf');
    expect(exitCode, stderr).toBe(1);
    const document = await documentOf(copy);
    expect(document.run.complete).toBe(true);
    expect(document.counts).toMatchObject({ missing: 0, blocked: 0, error: 0, void: 0 });
    const all = await recordedLines(copy);
    expect(all).toHaveLength(6);
    expect(all).toEqual(expect.arrayContaining(recorded));
  });
});
