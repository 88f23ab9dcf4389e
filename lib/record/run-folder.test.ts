import { appendFile, mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { observation } from '../testing/evidence.ts';
import type { Plan } from '../model/cell.ts';
import { UsageError } from '../util/errors.ts';
import { appendRecord } from './ndjson.ts';
import { RunFolder } from './run-folder.ts';

const cell = observation.cell;
const plan: Plan = {
  schema: 1,
  hash: 'h',
  profile: 'quick',
  only: '',
  suites: ['ownership'],
  cells: [
    {
      id: cell,
      host: { id: 'debian-13', spec: { kind: 'container', suite: 'trixie' } },
      engine: { name: 'containerd', version: '1.7.24', source: { kind: 'path' } },
      runtime: { name: 'runc', version: '1.1.15', source: { kind: 'path' } },
    },
  ],
  excluded: [],
};
const span = { event: 'span', span: { phase: 'host', name: 'debian-13', startMs: 0, durationMs: 2_500 } } as const;

describe('run folder', () => {
  it('is named by the time, holds its plan, and is the latest', async () => {
    await using results = await temporary();
    const folder = await RunFolder.create(results.path, plan);
    expect(folder.id).toMatch(/^\d{4}-\d\d-\d\d-\d{6}(-\d+)?$/);
    expect(await folder.plan()).toEqual(plan);
    expect(await readlink(join(results.path, 'latest'))).toBe(folder.id);
  });

  it('has a name of its own when two runs start in the same second', async () => {
    await using results = await temporary();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await RunFolder.create(results.path, plan)).id);
    expect(new Set(ids).size).toBe(3);
    expect(await readlink(join(results.path, 'latest'))).toBe(ids.at(-1));
  });

  it('is nobody else’s, however many start at the same moment', async () => {
    await using results = await temporary();
    const folders = await Promise.all(Array.from({ length: 8 }, () => RunFolder.create(results.path, plan)));
    expect(new Set(folders.map(({ path }) => path)).size).toBe(8);
    expect(folders.map(({ id }) => id)).toContain(await readlink(join(results.path, 'latest')));
  });

  it('is opened by path, by name, and as the latest under its own name', async () => {
    await using results = await temporary();
    const { id, path } = await RunFolder.create(results.path, plan);
    for (const name of [path, `${path}/`, id, 'latest']) {
      expect(await RunFolder.open(name, results.path)).toMatchObject({ id, path });
    }
  });

  it('that is not there is bad input, and the message lists what is', async () => {
    await using results = await temporary();
    await mkdir(join(results.path, 'reference'));
    await expect(RunFolder.open('yesterday', results.path)).rejects.toThrow(
      new UsageError(`Cannot open the run "yesterday": there is no plan.json in it; runs below ${results.path}: none`),
    );
    const { id } = await RunFolder.create(results.path, plan);
    await expect(RunFolder.open('yesterday', results.path)).rejects.toThrow(id);
    await expect(RunFolder.open('x', join(results.path, 'nowhere'))).rejects.toBeInstanceOf(UsageError);
  });

  it.for<[string, string]>([
    ['is no JSON', '{"schema":'],
    ['is of another schema', '{"schema":2}'],
    ['has a cell that climbs out of the folder', JSON.stringify({ ...plan, cells: [{ ...plan.cells[0], id: '../../x' }] })],
  ])('whose plan %s is bad input, with the file', async ([, text]) => {
    await using results = await temporary();
    const folder = await RunFolder.create(results.path, plan);
    await writeFile(join(folder.path, 'plan.json'), text);
    await expect(folder.plan()).rejects.toThrow(`Cannot read ${join(folder.path, 'plan.json')}: `);
    await expect(folder.plan()).rejects.toBeInstanceOf(UsageError);
  });

  it('gives back the journal, and observations with file and line', async () => {
    await using results = await temporary();
    const folder = await RunFolder.create(results.path, plan);
    folder.append(span);
    appendRecord(folder.observationsFile(cell), observation);
    appendRecord(folder.observationsFile(cell), { ...observation, scenario: 'root' });
    expect(await folder.events()).toEqual([span]);
    expect(await folder.observations([cell, 'debian-13/containerd-1.7.24/crun-1.21'])).toEqual([
      { observation, at: `cells/${cell}/observations.ndjson#1` },
      { observation: { ...observation, scenario: 'root' }, at: `cells/${cell}/observations.ndjson#2` },
    ]);
  });

  it('can be appended to after a kill in the middle of a line', async () => {
    await using results = await temporary();
    const folder = await RunFolder.create(results.path, plan);
    folder.append(span);
    appendRecord(folder.observationsFile(cell), observation);
    await appendFile(join(folder.path, 'journal.ndjson'), '{"event":"sp');
    await appendFile(folder.observationsFile(cell), '{"schema":1,"ce');
    await folder.mend([cell]);
    folder.append(span);
    appendRecord(folder.observationsFile(cell), observation);
    expect(await folder.events()).toEqual([span, span]);
    expect(await folder.observations([cell])).toHaveLength(2);
    expect(await readFile(join(folder.path, 'journal.ndjson'), 'utf8')).not.toContain('"sp\n');
  });

  it('is mended without complaint before anything was recorded', async () => {
    await using results = await temporary();
    const folder = await RunFolder.create(results.path, plan);
    await expect(folder.mend([cell])).resolves.toBeUndefined();
    expect(await folder.events()).toEqual([]);
  });
});
