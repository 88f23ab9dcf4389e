import fc from 'fast-check';
import { appendFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { recordedRuns } from '../testing/recorded.ts';
import type { Plan } from '../model/cell.ts';
import { renderJson } from '../report/json.ts';
import { judgeFolder } from '../run/judge-folder.ts';
import { UsageError } from '../util/errors.ts';
import { catalogFor } from '../verbs/catalog.ts';
import { planMerge, writeMerge } from './merge.ts';
import { RunFolder } from './run-folder.ts';

const recorded = recordedRuns().find(({ name }) => name === 'containerd-1.7.24')?.folder;
if (recorded === undefined) throw new Error('results/reference has no containerd-1.7.24');
const whole = await recorded.plan();
const directory = await temporary();
afterAll(() => directory[Symbol.asyncDispose]());
const at = (name: string): string => join(directory.path, name);
let count = 0;
const fresh = (): string => at(`merge-${++count}/merged`);

/** The recorded run as if one of several machines had recorded it. */
async function shard(
  name: string,
  index: number,
  cells: Plan['cells'],
  change: (line: string) => string = String,
): Promise<RunFolder> {
  const others = whole.cells.filter((cell) => !cells.includes(cell));
  await mkdir(at(name), { recursive: true });
  await writeFile(join(at(name), 'plan.json'), JSON.stringify({ ...whole, cells, shard: { index, count: 3, others } }));
  const journal = await readFile(join(recorded!.path, 'journal.ndjson'), 'utf8');
  await writeFile(join(at(name), 'journal.ndjson'), journal.replaceAll(/(2026-11-21T\d\d:\d\d:)\d\d/g, `$1${10 + index}`));
  for (const { id } of cells) {
    const lines = await readFile(recorded!.observationsFile(id), 'utf8');
    await mkdir(join(at(name), 'cells', id), { recursive: true });
    await writeFile(join(at(name), 'cells', id, 'observations.ndjson'), lines.split('\n').map(change).join('\n'));
  }
  return new RunFolder(at(name));
}

const [runc, crun] = whole.cells;
if (runc === undefined || crun === undefined) throw new Error('containerd-1.7.24 has not two cells');
const one = await shard('one', 1, [runc]);
const two = await shard('two', 2, [crun]);
const none = await shard('none', 3, []);
// The same machine once as it was when it was killed in the middle of a line.
const killed = await shard('killed', 2, [crun]);
const killedFile = killed.observationsFile(crun.id);
await writeFile(killedFile, (await readFile(killedFile)).subarray(0, 200_000));
const journal = await readFile(join(killed.path, 'journal.ndjson'), 'utf8');
await writeFile(join(killed.path, 'journal.ndjson'), journal.slice(0, journal.lastIndexOf('{"event":"ended"') + 20));
await cp(one.path, at('one-copied'), { recursive: true });
const copied = new RunFolder(at('one-copied'));

/** The bytes of the document and the names below `parts/`. */
async function merged(
  folders: readonly RunFolder[],
  out = fresh(),
): Promise<{ text: string; parts: string[]; folder: RunFolder }> {
  const folder = await writeMerge(await planMerge(folders), out);
  const document = await judgeFolder(folder, catalogFor(await folder.plan()));
  return { text: renderJson(document), parts: (await readdir(join(out, 'parts'))).sort(), folder };
}
const read = (text: string) => JSON.parse(text) as Awaited<ReturnType<typeof judgeFolder>>;
const all = await merged([one, two, none]);

describe('a merge of shards', () => {
  it('has the verdicts of the whole run, from the places where they were recorded', async () => {
    const single = await judgeFolder(recorded, catalogFor(whole));
    const document = read(all.text);
    const verdicts = (of: typeof single): string[] =>
      of.verdicts
        .map(({ cell, suite, scenario, question, verdict, observed }) =>
          [cell, suite, scenario, question, verdict, observed].join(),
        )
        .sort();
    expect(verdicts(document)).toEqual(verdicts(single));
    expect(document.counts).toEqual(single.counts);
    expect(document.run).toMatchObject({ plan: whole.hash, complete: true, exit: 0 });
    expect(new Set(document.parts.map(({ shard }) => shard?.index))).toEqual(new Set([1, 2, 3]));
    for (const { evidence, verdict } of document.verdicts.filter(({ verdict }) => verdict !== 'unsupported')) {
      const [file = '', line] = evidence.split('#');
      const lines = (await readFile(join(all.folder.path, file), 'utf8')).split('\n');
      expect(lines[Number(line) - 1], verdict).toContain('"schema":1');
    }
  });

  it('is the same bytes in any order, however often a shard is named, copied, or was killed before it was resumed', async () => {
    const extras = [one, two, none, copied, killed];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...extras), { maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        async (more, keys) => {
          const order = [one, two, none, ...more].map((folder) => ({ folder, key: keys.next().value ?? 0 }));
          const shuffled = order.sort((a, b) => a.key - b.key).map(({ folder }) => folder);
          expect(await merged(shuffled)).toMatchObject({ text: all.text, parts: all.parts });
        },
      ),
      { numRuns: 12 },
    );
  });

  it('may be merged on, step by step, and comes to the same', async () => {
    const steps = fresh();
    const half = await merged([two], steps);
    expect(read(half.text).run.complete).toBe(false);
    const more = await merged([half.folder, none], fresh());
    expect(await merged([more.folder, one, half.folder])).toMatchObject({ text: all.text, parts: all.parts });
    // Into an earlier merge, which it replaces.
    expect(await merged([half.folder, one, none], steps)).toMatchObject({ text: all.text, parts: all.parts });
    expect(await merged([two], steps)).toMatchObject({ text: half.text, parts: half.parts });
  });

  it('says of a shard that is not there that all its verdicts are missing', async () => {
    const document = read((await merged([one, none])).text);
    const missing = document.verdicts.filter(({ verdict }) => verdict === 'missing');
    expect(new Set(missing.map(({ cell }) => cell))).toEqual(new Set([crun.id]));
    expect(document.counts.missing).toBe(missing.length);
    expect(document.run).toMatchObject({ complete: false, exit: 75 });
    expect(document.cells.map(({ id }) => id).sort()).toEqual([crun.id, runc.id].sort());
  });

  it('that was killed has what it recorded, and is not complete', async () => {
    const document = read((await merged([one, none, killed])).text);
    expect(document.run).toMatchObject({ complete: false, exit: 75 });
    expect(document.counts.missing).toBeGreaterThan(0);
    expect(document.verdicts.filter(({ cell, verdict }) => cell === crun.id && verdict === 'pass').length).toBeGreaterThan(0);
  });

  it('of two tries that differ tells the worse one and that they differ, whichever came later', async () => {
    const refuse = (line: string): string =>
      line.replace(
        /"outcome":\{"kind":"ran"\}/,
        '"outcome":{"kind":"refused","call":"RunPodSandbox","code":"UNKNOWN","message":"no space"}',
      );
    for (const [name, index] of [
      ['earlier', 0],
      ['later', 9],
    ] as const) {
      const again = await shard(name, index + 1, [runc], refuse);
      const document = read((await merged([one, two, none, again])).text);
      const flaky = document.verdicts.filter((verdict) => verdict.flaky === true);
      expect(flaky.length).toBeGreaterThan(10);
      expect(new Set(flaky.map(({ verdict, cell }) => `${verdict} ${cell}`))).toEqual(new Set([`fail ${runc.id}`]));
      expect(flaky[0]?.reason).toMatch(/^another try: (pass|known), /);
    }
  });

  it('names each machine that took the part of a host, and which cell had which', async () => {
    const other = await shard('other-machine', 2, [crun]);
    const lines = await readFile(join(other.path, 'journal.ndjson'), 'utf8');
    await writeFile(join(other.path, 'journal.ndjson'), lines.replace('"accelerator":"tcg"', '"accelerator":"kvm"'));
    const document = read((await merged([one, other, none])).text);
    expect(document.hosts.map(({ id, accelerator }) => `${id} ${accelerator}`).sort()).toEqual([
      'debian-13 kvm',
      'debian-13 tcg',
    ]);
    expect(document.cells.map(({ id, accelerator }) => [id, accelerator])).toEqual([
      [crun.id, 'kvm'],
      [runc.id, 'tcg'],
    ]);
    expect(read(all.text).hosts).toHaveLength(1);
  });

  it('copies logs, and neither reports nor what a link points to', async () => {
    const odd = await shard('odd', 1, [runc]);
    await mkdir(join(odd.path, 'hosts'));
    await writeFile(join(odd.path, 'hosts', 'engine.log'), 'a line\n');
    await writeFile(join(odd.path, 'report.html'), 'a report');
    await symlink('/etc/passwd', join(odd.path, 'hosts', 'link'));
    await symlink('/etc', join(odd.path, 'logs'));
    const { folder, parts } = await merged([odd]);
    const names = (await readdir(join(folder.path, 'parts', parts[0] ?? ''), { recursive: true })).sort();
    expect(names).toContain('hosts/engine.log');
    expect(names.filter((name) => /report|link|logs|passwd/.test(name))).toEqual([]);
  });
});

describe('a merge is refused', () => {
  it('of runs of different plans, with both named', async () => {
    const foreign = recordedRuns().find(({ name }) => name === 'crio-1.36.3')?.folder;
    const refused = planMerge([one, foreign!]);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(
      /^Cannot merge \S+ with \S+: they are of different plans \([0-9a-f]{12}, profile .* and [0-9a-f]{12}, profile /,
    );
  });

  it('of a shard whose plan.json was changed behind its hash', async () => {
    await cp(two.path, at('forged'), { recursive: true });
    await writeFile(
      join(at('forged'), 'plan.json'),
      JSON.stringify({ ...whole, cells: [crun], shard: { index: 2, count: 3, others: [] } }),
    );
    await expect(planMerge([one, new RunFolder(at('forged'))])).rejects.toThrow(
      /both name the plan [0-9a-f]{12}, and their plan\.json hold different cells/,
    );
  });

  it('of nothing, and into a directory that holds something else', async () => {
    await expect(planMerge([])).rejects.toThrow('no run was named');
    const merge = await planMerge([one]);
    await expect(writeMerge(merge, two.path)).rejects.toThrow(/it holds something else/);
    await mkdir(at('empty'));
    await expect(writeMerge(merge, at('empty'))).resolves.toMatchObject({ id: 'empty' });
  });

  it('of records that are not readable, with the file and the line', async () => {
    await cp(one.path, at('broken'), { recursive: true });
    await appendFile(join(at('broken'), 'journal.ndjson'), 'not json\n');
    await expect(merged([new RunFolder(at('broken'))])).rejects.toThrow(/journal\.ndjson:16: not JSON/);
    await rm(at('broken'), { recursive: true });
  });
});
