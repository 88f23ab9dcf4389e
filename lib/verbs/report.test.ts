import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { recordedRuns } from '../testing/recorded.ts';
import { Document } from '../model/document.ts';
import { UsageError } from '../util/errors.ts';
import { printed } from '../testing/printed.ts';

const exitCode = process.exitCode;
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

/** Recorded runs in a directory of their own, as nothing is written into results/reference. */
async function results(...names: string[]) {
  const directory = await temporary();
  for (const name of names) {
    const run = recordedRuns().find((each) => each.name === name);
    if (run === undefined) throw new Error(`results/reference has no ${name}`);
    await cp(run.folder.path, join(directory.path, name), { recursive: true });
  }
  return directory;
}

/** Turns one recorded report.json into one in which a question failed. */
async function broken(folder: string, question: string): Promise<void> {
  const path = join(folder, 'report.json');
  const document = JSON.parse(await readFile(path, 'utf8')) as {
    counts: Record<string, number>;
    verdicts: Array<{ question: string; verdict: string }>;
  };
  for (const verdict of document.verdicts) {
    if (verdict.question !== question || verdict.verdict !== 'pass') continue;
    Object.assign(verdict, { verdict: 'fail', answer: 'another' });
    document.counts = { ...document.counts, fail: (document.counts['fail'] ?? 0) + 1, pass: (document.counts['pass'] ?? 0) - 1 };
  }
  await writeFile(path, JSON.stringify(document));
}

describe('report', () => {
  it('with a baseline says in every report what changed, and exits by what is new', async () => {
    await using runs = await results('containerd-1.7.24', 'crio-1.36.3');
    await printed(runs.path, 'report', 'crio-1.36.3');
    await mkdir(join(runs.path, 'old'));
    await cp(join(runs.path, 'crio-1.36.3/report.json'), join(runs.path, 'old/report.json'));
    await broken(join(runs.path, 'old'), 'OWN-ID');
    const text = await printed(runs.path, 'report', 'crio-1.36.3', '--baseline', 'old', '--new-only');
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(
      /Since crio-1\.36\.3 Same versions: 0 newly weaker, 0 newly broken, 2 mended, \d+ the same, 0 not comparable/,
    );
    expect(process.exitCode).toBe(0);
    const read = (name: string): Promise<string> => readFile(join(runs.path, 'crio-1.36.3', name), 'utf8');
    expect(await read('report.md')).toMatch(/### Since <code>crio-1\.36\.3<\/code>\n[^]*### Mended\n/);
    expect(await read('report.html')).toContain('Since <span class="mono">crio-1.36.3</span>');
    expect(Document.parse(JSON.parse(await read('report.json'))).baseline).toMatchObject({ run: 'crio-1.36.3', exit: 0 });
    expect(await read('report.xml')).toContain('<property name="since.baseline"');
    const other = await printed(runs.path, 'judge', 'crio-1.36.3', '--baseline', 'containerd-1.7.24', '--new-only');
    expect(other).toMatch(/^ +\d+ in 2 cells not comparable, as the baseline has no cell to pair$/m);
    expect(other).toMatch(/^ +2 cells of the baseline compared with nothing$/m);
  });

  it('with --new-only is red for what is new, and not for what was red before', async () => {
    await using runs = await results('containerd-1.7.24');
    const journal = join(runs.path, 'containerd-1.7.24/journal.ndjson');
    await cp(join(runs.path, 'containerd-1.7.24'), join(runs.path, 'worse'), { recursive: true });
    // A checksum of another binary: the wrong thing was tested.
    const events = await readFile(journal, 'utf8');
    await writeFile(join(runs.path, 'worse/journal.ndjson'), events.replace(/("binaries":\{"crun":")[0-9a-f]{8}/, '$100000000'));
    await printed(runs.path, 'report', 'worse');
    expect(process.exitCode).toBe(0);
    const text = await printed(runs.path, 'report', 'worse', '--baseline', 'containerd-1.7.24', '--new-only');
    expect(text).toMatch(/^Newly unjudged: \d+/m);
    expect(process.exitCode).toBe(1);
    await printed(runs.path, 'report', 'worse', '--baseline', 'worse', '--new-only');
    expect(process.exitCode).toBe(0);
    await printed(runs.path, 'judge', 'worse');
    expect(process.exitCode).toBe(1);
  });

  it('of several runs of one plan merges them, and exits by what came out', async () => {
    await using runs = await results('containerd-1.7.24');
    await cp(join(runs.path, 'containerd-1.7.24'), join(runs.path, 'copy'), { recursive: true });
    const text = await printed(runs.path, 'report', 'containerd-1.7.24', 'copy');
    expect(text).toMatch(/^Merged {4}1 run: 2026-11-21-071033$/m);
    expect(process.exitCode).toBe(0);
    const [name = ''] = (await readdir(runs.path)).filter((each) => each.startsWith('merge-'));
    expect(name).toMatch(/^merge-[0-9a-f]{12}$/);
    expect(await printed(runs.path, 'report', name)).toMatch(/^Merged/m);
    await printed(runs.path, 'report', 'copy', '--out', join(runs.path, 'there'));
    expect(await readdir(join(runs.path, 'there'))).toEqual(
      expect.arrayContaining(['parts', 'plan.json', 'report.html', 'report.json']),
    );
  });

  it('--history takes runs of different plans, and tells as JSON what it tells in lines', async () => {
    await using runs = await results('containerd-1.7.24', 'crio-1.36.3');
    const words = ['report', '--history', 'containerd-1.7.24', join(runs.path, 'crio-1.36.3/report.json')];
    expect((await printed(runs.path, ...words)).replaceAll(/\s+/g, ' ')).toContain(
      'crio with crun and runc weakens: the mode is 0666: everybody in the pod may open it; deviates, known: crio-mode-0666 crio 1.36.3, crun 1.21, runc 1.1.15',
    );
    const told = JSON.parse(await printed(runs.path, ...words, '--json')) as {
      schema: number;
      runs: unknown[];
      tracks: unknown[];
    };
    expect([told.schema, told.runs.length, told.tracks.length > 50]).toEqual([2, 2, true]);
  });

  it('--site takes runs of different plans, replaces an earlier site, and writes over nothing else', async () => {
    await using runs = await results('containerd-1.7.24', 'crio-1.36.3');
    const site = join(runs.path, 'site');
    expect(await printed(runs.path, 'report', '--site', site, 'containerd-1.7.24', 'crio-1.36.3')).toBe(
      `Site      ${site}/index.html\n`,
    );
    expect(await readdir(join(site, 'engines'))).toEqual(['containerd.html', 'crio.html']);
    await printed(runs.path, 'report', '--site', site, 'crio-1.36.3');
    expect(await readdir(join(site, 'engines'))).toEqual(['crio.html']);
    for (const directory of [runs.path, join(runs.path, 'crio-1.36.3/plan.json')])
      await expect(printed(runs.path, 'report', '--site', directory, 'crio-1.36.3')).rejects.toThrow(
        /^Cannot write a site into /,
      );
  });

  it.for<[string, string[], RegExp]>([
    ['--new-only without a baseline', ['report', 'containerd-1.7.24', '--new-only'], /--new-only: name the run that is not new/],
    ['a baseline that is not there', ['report', 'containerd-1.7.24', '--baseline', 'nowhere'], /Cannot open the run "nowhere"/],
    ['runs of different plans', ['report', 'containerd-1.7.24', 'crio-1.36.3'], /they are of different plans/],
    ['--history with --out', ['report', 'containerd-1.7.24', '--history', '--out', 'x'], /Cannot use --history with --out/],
  ])('refuses %s as bad input, and writes nothing', async ([, words, why]) => {
    await using runs = await results('containerd-1.7.24', 'crio-1.36.3');
    const before = (await readdir(runs.path, { recursive: true })).sort();
    const refused = printed(runs.path, ...words);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(why);
    expect((await readdir(runs.path, { recursive: true })).sort()).toEqual(before);
  });

  it.for<[string, (text: string) => string, RegExp]>([
    ['is cut short', (text) => text.slice(0, text.length / 2), /it ends in the middle/],
    ['is of another program', () => '{"version":"2.1.0","runs":[]}', /it has no schema number/],
  ])('refuses a baseline that %s', async ([, change, why]) => {
    await using runs = await results('containerd-1.7.24');
    const path = join(runs.path, 'old.json');
    await writeFile(path, change(await readFile(join(runs.path, 'containerd-1.7.24/report.json'), 'utf8')));
    const refused = printed(runs.path, 'report', 'containerd-1.7.24', '--baseline', path);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(why);
  });
});
