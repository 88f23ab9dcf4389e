import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, UsageError } from '../util/errors.ts';
import { Plan } from '../model/cell.ts';
import { parsedJson } from '../model/json.ts';
import { planHash } from './hash.ts';
import type { Shard } from './shards.ts';

/** What `plan --shards N --json` prints: a plan and how it is packed, for every machine that runs a part of it. */
export const PackedPlan = Plan.extend({
  /** Time in seconds on one machine, a guess or from earlier runs. */
  seconds: z.number(),
  shards: z.array(z.object({ seconds: z.number(), cells: z.array(z.string()) })),
});
export type PackedPlan = z.infer<typeof PackedPlan>;

/** A packed plan in a file. Throws UsageError when it is none, or was changed after it was made. */
export async function readPackedPlan(file: string): Promise<PackedPlan> {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot take the plan ${file}: ${why}; make one with "podproof plan --shards N --json"`);
  };
  const text = await readFile(file, 'utf8').catch((error: unknown) => refuse(messageOf(error)));
  const { data, error } = PackedPlan.safeParse(parsedJson(text) ?? refuse('it is not JSON'));
  if (data === undefined) return refuse(z.prettifyError(error).split('\n')[0] ?? 'it is no plan');
  if (data.shard !== undefined) refuse('it is the plan of one shard');
  if (planHash(data) !== data.hash) refuse('its cells are not those of its hash');
  const planned = data.cells.map(({ id }) => id).sort();
  const packed = data.shards.flatMap(({ cells }) => cells).sort();
  if (planned.join() !== packed.join()) refuse('its shards do not hold each of its cells once');
  return data;
}

/** A packed plan for one machine. */
export function wholeOf(packed: PackedPlan): Plan {
  return Plan.parse(packed);
}

/** The part of a packed plan that one machine runs. */
export function partOf(packed: PackedPlan, shard: Shard): Plan {
  const { shards } = packed;
  if (shards.length !== shard.count)
    throw new UsageError(
      `--shard ${shard.index}/${shard.count}: the plan is packed for ${shards.length}; take --shard i/${shards.length}`,
    );
  const own = new Set(shards[shard.index - 1]?.cells);
  const [cells, others] = [true, false].map((mine) => packed.cells.filter(({ id }) => own.has(id) === mine));
  return { ...wholeOf(packed), cells: cells ?? [], shard: { ...shard, others: others ?? [] } };
}
