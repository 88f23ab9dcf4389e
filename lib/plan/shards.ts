import { UsageError } from '../util/errors.ts';
import type { Plan, PlannedCell } from '../model/cell.ts';
import { totalCost, type Costs } from './cost.ts';
import { planLeases } from './leases.ts';

/** One of `count` parts of a plan; `index` counts from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** Reads `2/5`. */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count)
    throw new UsageError(`--shard ${JSON.stringify(text)}: expected i/n with 1 <= i <= n, like 2/5`);
  return { index, count };
}

/** The part of the plan that one machine runs. It keeps the whole plan's hash, so that a merge knows what belongs together. */
export function shardPlan(plan: Plan, { index, count }: Shard, by: Costs): Plan {
  const shards = packShards(plan.cells, count, by);
  const cells = shards[index - 1] ?? [];
  return { ...plan, cells, shard: { index, count, others: shards.filter((shard) => shard !== cells).flat() } };
}

/**
 * Packs cells into `count` shards of like cost, the dearest piece first onto the shard that it loads least (LPT).
 * Cells of one engine on one host stay together unless they cost more than a fair share. Equal input gives equal shards.
 */
export function packShards(cells: readonly PlannedCell[], count: number, by: Costs): PlannedCell[][] {
  const fair = totalCost(cells, by) / count;
  const pieces = planLeases(cells)
    .flatMap(({ host, engines }) =>
      engines.flatMap((group) => cut(group.cells, fair, by).map((piece) => ({ host: host.id, ...piece }))),
    )
    .sort((a, b) => b.cost - a.cost || (a.first < b.first ? -1 : 1));
  const shards = Array.from({ length: count }, () => ({ load: 0, hosts: new Set<string>(), cells: [] as PlannedCell[] }));
  const shardOf = new Map<PlannedCell, (typeof shards)[number]>();
  for (const piece of pieces) {
    const boot = (hosts: Set<string>): number => (hosts.has(piece.host) ? 0 : by.host);
    const shard = shards.reduce((best, each) => (each.load + boot(each.hosts) < best.load + boot(best.hosts) ? each : best));
    shard.load += piece.cost + boot(shard.hosts);
    shard.hosts.add(piece.host);
    for (const cell of piece.cells) shardOf.set(cell, shard);
  }
  for (const cell of cells) shardOf.get(cell)?.cells.push(cell);
  return shards.map((shard) => shard.cells);
}

interface Piece {
  /** The id of its first cell, for a stable order. */
  first: string;
  cells: PlannedCell[];
  /** With the start of the engine, without the boot of the host. */
  cost: number;
}

/** The cells of one engine, in as few pieces as a fair share allows. */
function cut(cells: readonly PlannedCell[], fair: number, by: Costs): Piece[] {
  const pieces: Piece[] = [];
  let open: Piece | undefined;
  for (const cell of cells) {
    const cost = by.cell(cell);
    if (open === undefined || open.cost + cost > fair) pieces.push((open = { first: cell.id, cells: [], cost: by.engine }));
    open.cells.push(cell);
    open.cost += cost;
  }
  return pieces;
}
