import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../testing/temporary.ts';
import { exampleMatrix } from '../testing/matrix.ts';
import { UsageError } from '../util/errors.ts';
import { costs } from './cost.ts';
import { explainPlan } from './explain.ts';
import { partOf, readPackedPlan, wholeOf, type PackedPlan } from './packed.ts';
import { makePlan } from './plan.ts';

const whole = makePlan(exampleMatrix(), { profile: 'all' });
const packed = explainPlan(whole, costs(), 3);

async function reread(text: string): Promise<PackedPlan> {
  await using place = await temporary();
  const file = join(place.path, 'plan.json');
  await writeFile(file, text);
  return await readPackedPlan(file);
}

describe('a packed plan', () => {
  it('comes back from its file, and its parts are the whole with the same hash', async () => {
    const plan = await reread(JSON.stringify(packed));
    expect(plan).toEqual(packed);
    expect(wholeOf(plan)).toEqual(whole);
    const parts = [1, 2, 3].map((index) => partOf(plan, { index, count: 3 }));
    expect(new Set(parts.map(({ hash }) => hash))).toEqual(new Set([whole.hash]));
    expect(parts.flatMap(({ cells }) => cells.map(({ id }) => id)).sort()).toEqual(whole.cells.map(({ id }) => id).sort());
    const all = [...(parts[1]?.cells ?? []), ...(parts[1]?.shard?.others ?? [])];
    expect(all.map(({ id }) => id).sort()).toEqual(whole.cells.map(({ id }) => id).sort());
    expect(parts[1]?.shard).toMatchObject({ index: 2, count: 3 });
  });

  it('is not cut again in another number of parts', () => {
    expect(() => partOf(packed, { index: 1, count: 4 })).toThrow('--shard 1/4: the plan is packed for 3; take --shard i/3');
  });

  const [first, ...others] = packed.shards;
  it.each([
    ['nothing', '', /it is not JSON/],
    ['another document', '{"schema":1}', /Invalid input/],
    ['a cell that was dropped', JSON.stringify({ ...packed, cells: packed.cells.slice(1) }), /not those of its hash/],
    ['a shard that was dropped', JSON.stringify({ ...packed, shards: others }), /do not hold each of its cells once/],
    ['a shard twice', JSON.stringify({ ...packed, shards: [first, first, ...others] }), /do not hold each of its cells once/],
    ['one part', JSON.stringify({ ...packed, ...partOf(packed, { index: 1, count: 3 }) }), /it is the plan of one shard/],
  ])('is refused with %s', async (_, text, words) => {
    await expect(reread(text)).rejects.toThrow(words);
    await expect(reread(text)).rejects.toBeInstanceOf(UsageError);
  });

  it('that is not there is bad input', async () => {
    await expect(readPackedPlan('/nonexistent/plan.json')).rejects.toThrow(
      /Cannot take the plan \/nonexistent\/plan\.json: ENOENT/,
    );
  });
});
