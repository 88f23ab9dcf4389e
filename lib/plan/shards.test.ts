import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleMatrix } from '../testing/matrix.ts';
import { Plan } from '../model/cell.ts';
import { costs, totalCost } from './cost.ts';
import { madeUpCells } from '../testing/plan.ts';
import { planLeases } from './leases.ts';
import { makePlan } from './plan.ts';
import { packShards, parseShard, shardPlan } from './shards.ts';

const shapes = fc.record({
  hosts: fc.integer({ min: 1, max: 4 }),
  engines: fc.integer({ min: 1, max: 5 }),
  runtimes: fc.integer({ min: 1, max: 6 }),
  shards: fc.integer({ min: 1, max: 12 }),
  seconds: fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 20 }),
});

/** Cells of a shape with recorded costs, taken from `seconds` one after another. */
function made(shape: { hosts: number; engines: number; runtimes: number; seconds: number[] }) {
  const cells = madeUpCells(shape.hosts, shape.engines, shape.runtimes);
  const pod = Object.fromEntries(cells.map(({ id }, index) => [id, [shape.seconds[index % shape.seconds.length] ?? 1]]));
  return { cells, by: costs({ schema: 1, host: [], engine: [], pod }, () => 1) };
}

describe('packShards', () => {
  test('puts every cell into exactly one shard', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { cells, by } = made(shape);
        const shards = packShards(cells, shape.shards, by);
        expect(shards).toHaveLength(shape.shards);
        expect(
          shards
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(cells.map(({ id }) => id).sort());
      }),
    );
  });

  test('is balanced: no shard costs more than the mean of the pieces and one more piece', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { cells, by } = made(shape);
        const fair = totalCost(cells, by) / shape.shards;
        const dearest = Math.max(...cells.map((cell) => by.cell(cell)));
        const piece = by.host + by.engine + Math.max(fair, dearest);
        // At worst each cell is a piece of its own, which boots a host and starts an engine for itself alone.
        const mean = cells.reduce((sum, cell) => sum + by.cell(cell) + by.host + by.engine, 0) / shape.shards;
        for (const shard of packShards(cells, shape.shards, by)) expect(totalCost(shard, by)).toBeLessThanOrEqual(mean + piece);
      }),
    );
  });

  test('gives the same shards again, whatever the order of the cells', () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), (shape, keys) => {
        const { cells, by } = made({ ...shape, runtimes: 1 });
        const shuffled = cells
          .map((cell) => ({ cell, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ cell }) => cell);
        const ids = (shards: Array<Array<{ id: string }>>): string[][] => shards.map((shard) => shard.map(({ id }) => id).sort());
        expect(ids(packShards(shuffled, shape.shards, by))).toEqual(ids(packShards(cells, shape.shards, by)));
      }),
    );
  });

  test('keeps the cells of one engine together where a fair share allows', () => {
    const shards = packShards(madeUpCells(2, 4, 2), 4, costs());
    for (const shard of shards) {
      const groups = planLeases(shard).flatMap(({ engines }) => engines);
      expect(groups.map(({ cells }) => cells.length)).toEqual([2, 2]);
    }
  });

  test('cuts one big engine, so that no machine stays idle', () => {
    expect(packShards(madeUpCells(1, 1, 12), 4, costs()).map((shard) => shard.length)).toEqual([3, 3, 3, 3]);
  });

  test('follows recorded costs', () => {
    const cells = madeUpCells(1, 4, 1);
    const [first] = cells;
    const pod = Object.fromEntries(cells.map(({ id }) => [id, [id === first?.id ? 5_000 : 10]]));
    const shards = packShards(
      cells,
      2,
      costs({ schema: 1, host: [], engine: [], pod }, () => 1),
    );
    expect(shards.map((shard) => shard.length).toSorted((a, b) => a - b)).toEqual([1, 3]);
  });

  test('leaves shards empty rather than inventing cells', () => {
    expect(packShards(madeUpCells(1, 1, 1), 3, costs()).map((shard) => shard.length)).toEqual([1, 0, 0]);
  });
});

describe('--shard', () => {
  test('counts from 1', () => {
    expect(parseShard('2/5')).toEqual({ index: 2, count: 5 });
  });

  test.each(['0/5', '6/5', '1', '1/', 'a/b', '-1/2', '1/0', '1/99999', ''])('refuses %j', (text) => {
    expect(() => parseShard(text)).toThrow(`--shard ${JSON.stringify(text)}: expected i/n with 1 <= i <= n, like 2/5`);
  });

  test('keeps the hash of the whole plan', () => {
    const plan = makePlan(exampleMatrix(), { profile: 'all' });
    const parts = [1, 2, 3].map((index) => shardPlan(plan, { index, count: 3 }, costs()));
    expect(parts.map(({ hash }) => hash)).toEqual([plan.hash, plan.hash, plan.hash]);
    expect(parts.flatMap(({ cells }) => cells)).toHaveLength(plan.cells.length);
  });

  test('tells from any one part what the whole plan was', () => {
    const plan = makePlan(exampleMatrix(), { profile: 'all' });
    const ids = plan.cells.map(({ id }) => id).sort();
    for (const index of [1, 2, 99]) {
      const part = Plan.parse(shardPlan(plan, { index, count: 99 }, costs()));
      expect(part.shard).toMatchObject({ index, count: 99 });
      expect([...part.cells, ...(part.shard?.others ?? [])].map(({ id }) => id).sort()).toEqual(ids);
    }
  });
});
