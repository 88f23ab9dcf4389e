import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { execOk } from '../util/exec.ts';
import { packageRoot } from '../util/paths.ts';

/** Judges a copy of recorded evidence with the command line and returns the checksum of every report. */
async function reportsOf(name: string, elsewhere: { cwd: string; env: Record<string, string> }): Promise<Record<string, string>> {
  await using place = await temporary();
  const run = join(place.path, 'deep/er', name);
  await mkdir(join(run, '..'), { recursive: true });
  await cp(join(packageRoot, 'results/reference', name), run, { recursive: true });
  await execOk([process.execPath, join(packageRoot, 'lib/bin.mjs'), 'report', run], {
    ...elsewhere,
    env: { HOME: place.path, ...elsewhere.env },
    timeoutMs: 120_000,
  });
  const made = (await readdir(run)).filter((file) => /\.(json|html|md|xml|svg)$/.test(file) && file !== 'plan.json').sort();
  const sums = made.map(async (file) => [
    file,
    createHash('sha256')
      .update(await readFile(join(run, file)))
      .digest('hex'),
  ]);
  return Object.fromEntries(await Promise.all(sums)) as Record<string, string>;
}

it(
  'judging and rendering the same records gives the same bytes in any directory, time zone, language and home',
  { timeout: 240_000 },
  async () => {
    await using place = await temporary();
    const here = await reportsOf('containerd-1.7.24', { cwd: packageRoot, env: { TZ: 'UTC', LC_ALL: 'C', COLUMNS: '80' } });
    const there = await reportsOf('containerd-1.7.24', {
      cwd: place.path,
      env: {
        TZ: 'Pacific/Chatham',
        LC_ALL: 'tr_TR.UTF-8',
        LANG: 'tr_TR.UTF-8',
        COLUMNS: '200',
        FORCE_COLOR: '1',
        USER: 'somebody',
        HOSTNAME: 'elsewhere',
      },
    });
    expect(Object.keys(here)).toEqual(expect.arrayContaining(['report.html', 'report.json', 'report.md', 'report.xml']));
    expect(there).toEqual(here);
  },
);
