import { existsSync } from 'node:fs';
import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PackedPlan } from '../../plan/packed.ts';
import { Document } from '../../model/document.ts';
import { Semaphore } from '../../util/semaphore.ts';
import { fakeFleet, only } from './fake-fleet.ts';
import { forFile } from './for-file.ts';
import { documentOf, firstPod, recordedLines } from './podproof.ts';

const fleet = await forFile(fakeFleet());

const count = 8;

describe('eight shards of a plan on eight machines', () => {
  let plan: string;
  let packed: PackedPlan;
  let whole: Document;
  /** Run folders of the shards, by index; the second try of one is a folder of its own. */
  const folders = new Map<string, string>();
  /** The shard that nobody runs at first. */
  let missing: number;

  const shard = async (index: number, name = `${index}`): Promise<void> => {
    const { exitCode, stderr } = await fleet.podproof(`shard-${name}`, ['run', '--plan', plan, '--shard', `${index}/${count}`]);
    expect([0, 1, 75], stderr).toContain(exitCode);
    folders.set(name, await realpath(fleet.latest(`shard-${name}`)));
  };

  /** Kills a shard after its first pod, and finishes it later. */
  const killedShard = async (index: number): Promise<void> => {
    const machine = `shard-${index}`;
    const run = fleet.podproof(machine, ['run', '--plan', plan, '--shard', `${index}/${count}`]);
    await firstPod(fleet.latest(machine));
    run.kill('SIGKILL');
    await run;
    expect((await recordedLines(fleet.latest(machine))).length).toBeLessThan(6);
    const resumed = await fleet.podproof(machine, ['run', '--resume']);
    expect([0, 1], resumed.stderr).toContain(resumed.exitCode);
    expect((await recordedLines(fleet.latest(machine))).length).toBeGreaterThanOrEqual(6);
    folders.set(`${index}`, await realpath(fleet.latest(machine)));
  };

  beforeAll(async () => {
    const planned = await fleet.podproof('planner', [
      ...['plan', '--profile', 'all', '--only', only, '--shards', `${count}`, '--json'],
    ]);
    expect(planned.exitCode, planned.stderr).toBe(0);
    plan = join(fleet.directory, 'plan.json');
    await writeFile(plan, planned.stdout);
    packed = PackedPlan.parse(JSON.parse(planned.stdout));
    const runnable = [...packed.shards.keys()].filter((index) =>
      packed.shards[index]?.cells.every((cell) => !cell.includes('/containerd-1.6.38/')),
    );
    const [killed = 0, twice = 0, left = 0] = runnable.map((index) => index + 1);
    missing = left;
    const slots = new Semaphore(3);
    const indexes = Array.from({ length: count }, (_, index) => index + 1).filter((index) => index !== missing);
    await Promise.all([
      slots.run(async () => {
        await fleet.podproof('whole', ['run', '--plan', plan]);
        whole = await documentOf(fleet.latest('whole'));
      }),
      ...indexes.map((index) => slots.run(() => (index === killed ? killedShard(index) : shard(index)))),
      slots.run(() => shard(twice, `${twice}-again`)),
    ]);
  });

  let merges = 0;
  /** The document of the shards, merged in an order that the seed decides. */
  async function merged(seed: number): Promise<Document> {
    const machine = `merge-${merges++}`;
    const all = [...folders.values()].sort((a, b) => hash(a, seed) - hash(b, seed));
    const { stdout, stderr } = await fleet.podproof(machine, [
      'report',
      ...all,
      '--out',
      join(fleet.directory, machine),
      '--json',
    ]);
    expect(stdout, stderr).not.toBe('');
    return Document.parse(JSON.parse(stdout));
  }

  test('the plan puts every cell into one shard, and the cells of an engine together', () => {
    expect(packed.shards.flatMap(({ cells }) => cells).sort()).toEqual(packed.cells.map(({ id }) => id).sort());
    for (const { cells } of packed.shards) {
      expect(cells).toHaveLength(3);
      expect(new Set(cells.map((cell) => cell.split('/').slice(0, 2).join('/'))).size).toBe(1);
    }
  });

  test('the whole run has verdicts of several kinds, or nothing would be shown', () => {
    expect(whole.counts).toMatchObject({ missing: 0, error: 0, void: 0 });
    expect(Math.min(whole.counts.pass, whole.counts.fail, whole.counts.blocked)).toBeGreaterThan(2);
  });

  test('merged in any order without one they say the same, and only the cells of that one are missing', async () => {
    const first = await merged(1);
    for (const seed of [2, 3]) expect(comparable(await merged(seed))).toEqual(comparable(first));
    const absent = new Set(packed.shards[missing - 1]?.cells);
    const [expected, found] = [whole, first].map((document) =>
      comparable(document).verdicts.filter(({ cell }) => !absent.has(cell)),
    );
    expect(found).toEqual(expected);
    // What applies nowhere does so without a record.
    const rest = first.verdicts.filter(({ cell, verdict }) => absent.has(cell) && verdict !== 'unsupported');
    expect(rest.length).toBeGreaterThan(absent.size);
    expect(new Set(rest.map(({ verdict }) => verdict))).toEqual(new Set(['missing']));
    expect(
      first.cells
        .filter(({ verdict }) => verdict === 'missing')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...absent].sort());
    expect(first.run.complete).toBe(false);
  });

  test('with the last one they equal the run of one machine', async () => {
    await shard(missing);
    const all = await merged(4);
    expect(comparable(all)).toEqual(comparable(whole));
    expect(all.run.exit).toBe(whole.run.exit);
    expect(all.run.complete).toBe(true);
  });

  test('a shard of another plan is refused, and nothing is written', async () => {
    const other = await fleet.podproof('other', ['run', '--profile', 'all', '--only', `${only} host=even`, '--shard', '1/8']);
    expect([0, 1, 75], other.stderr).toContain(other.exitCode);
    const out = join(fleet.directory, 'mixed');
    const all = [...folders.values(), await realpath(fleet.latest('other'))];
    const { exitCode, stderr } = await fleet.podproof('mixer', ['report', ...all, '--out', out]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/different plans|other plan|another plan/);
    expect(existsSync(out)).toBe(false);
  });
});

/** All of a document but when, where and how often it was made. */
function comparable({ counts, cells, questions, known, verdicts, excluded }: Document) {
  const order = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
  return {
    counts,
    excluded,
    questions,
    known,
    cells: cells.map((cell) => ({ ...cell, key: cell.id })).sort(order),
    verdicts: verdicts
      .map((verdict) => ({
        ...verdict,
        evidence: '',
        flaky: undefined,
        // The engine of a resumed run has the handlers of what was left to do.
        observed: verdict.observed?.replace(/\b\d+(?= planned keys$)/, 'the'),
        key: [verdict.cell, verdict.scenario, verdict.question].join(),
      }))
      .sort(order),
  };
}

function hash(text: string, seed: number): number {
  return Buffer.from(text).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0, seed);
}
