import type { PlannedCell } from '../model/cell.ts';
import { median, type CostTable } from '../model/cost-table.ts';
import { runtimes } from '../runtimes/facts.ts';
import { planLeases } from './leases.ts';

/** What a run takes, in seconds; only the proportions matter for packing. */
export interface Costs {
  /** Booting one host. */
  host: number;
  /** Starting one engine. */
  engine: number;
  /** Everything in one cell. */
  cell: (cell: PlannedCell) => number;
  /** Whether this cell was measured on this machine before. */
  known: (cell: PlannedCell) => boolean;
}

/** Pods of a cell when it is not known which ones are selected: those of all suites, about. */
const usualPods = 24;

/**
 * By what earlier runs took here, where there are any: the middle of the last ones of this cell, otherwise of cells with
 * this runtime, otherwise a guess. Without a table it is the same on every machine.
 */
export function costs(table?: CostTable, podsOf: (cell: PlannedCell) => number = () => usualPods): Costs {
  const byRuntime = new Map<string, number | undefined>();
  const ofRuntime = (name: string): number | undefined => {
    if (!byRuntime.has(name)) {
      const like = Object.entries(table?.pod ?? {}).filter(([cell]) => cell.split('/')[2]?.startsWith(`${name}-`) === true);
      byRuntime.set(name, median(like.flatMap(([, samples]) => median(samples) ?? [])));
    }
    return byRuntime.get(name);
  };
  const own = ({ id }: PlannedCell): number | undefined => {
    const samples = table !== undefined && Object.hasOwn(table.pod, id) ? table.pod[id] : undefined;
    return samples && median(samples);
  };
  return {
    host: median(table?.host ?? []) ?? 60,
    engine: median(table?.engine ?? []) ?? 10,
    cell: (cell) => podsOf(cell) * (own(cell) ?? ofRuntime(cell.runtime.name) ?? runtimes[cell.runtime.name].secondsPerPod),
    known: (cell) => own(cell) !== undefined,
  };
}

/** What these cells take one after the other on one machine, in seconds. */
export function totalCost(cells: readonly PlannedCell[], by: Costs): number {
  const leases = planLeases(cells);
  const engines = leases.reduce((sum, { engines }) => sum + engines.length, 0);
  return leases.length * by.host + engines * by.engine + cells.reduce((sum, cell) => sum + by.cell(cell), 0);
}

/** Where an estimate comes from, in words. */
export function basis(cells: readonly PlannedCell[], by: Costs): string {
  const known = cells.filter(by.known).length;
  if (known === 0) return 'a guess';
  return known === cells.length ? 'by earlier runs' : `by earlier runs for ${known} of ${cells.length} cells`;
}

/** `about 6 min`. */
export function duration(seconds: number): string {
  return `about ${brief(seconds)}`;
}

/** `6 min`, `4.5 h`. */
export function brief(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
