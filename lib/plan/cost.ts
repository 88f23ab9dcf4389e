import type { PlannedCell } from './cell.ts';
import { planLeases } from './leases.ts';

/** What a run takes, in seconds; only the proportions matter for packing. */
export interface Costs {
  /** Booting one host. */
  host: number;
  /** Starting one engine. */
  engine: number;
  /** Everything in one cell. */
  cell: (cell: PlannedCell) => number;
}

/** Costs of earlier runs by cell id, where there are any; otherwise a guess by runtime from measured pods under full emulation. */
export function costs(recorded: Readonly<Record<string, number>> = {}): Costs {
  return {
    host: 60,
    engine: 10,
    cell: ({ id, runtime }) => {
      const known = Object.hasOwn(recorded, id) ? recorded[id] : undefined;
      return known !== undefined && known > 0 && Number.isFinite(known) ? known : runtime.name === 'kata' ? 1_200 : 240;
    },
  };
}

/** What these cells take one after the other on one machine, in seconds. */
export function totalCost(cells: readonly PlannedCell[], by: Costs): number {
  const leases = planLeases(cells);
  const engines = leases.reduce((sum, { engines }) => sum + engines.length, 0);
  return leases.length * by.host + engines * by.engine + cells.reduce((sum, cell) => sum + by.cell(cell), 0);
}
