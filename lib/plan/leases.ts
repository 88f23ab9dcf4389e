import type { PlannedCell } from '../model/cell.ts';

/** One daemon of one engine version on one booted host, with every runtime of its cells as a handler. */
export interface EngineGroup {
  engine: PlannedCell['engine'];
  cells: PlannedCell[];
}

/** One host, booted once, and the engines that are started on it one after the other. */
export interface HostGroup {
  host: PlannedCell['host'];
  engines: EngineGroup[];
}

export type LeasePlan = HostGroup[];

/**
 * Groups cells so that each host is booted once and each engine version started once on it. A kubelet without an API server knows no
 * RuntimeClass: its pods run in the default runtime of an engine that is there for one cell alone. Keeps the order of first occurrence.
 */
export function planLeases(cells: readonly PlannedCell[]): LeasePlan {
  const hosts = new Map<string, { host: PlannedCell['host']; engines: Map<string, EngineGroup> }>();
  for (const cell of cells) {
    const host = getOrAdd(hosts, cell.host.id, () => ({ host: cell.host, engines: new Map() }));
    const key = `${cell.engine.name} ${cell.engine.version} ${cell.kubelet === undefined ? '' : cell.id}`;
    getOrAdd(host.engines, key, () => ({ engine: cell.engine, cells: [] })).cells.push(cell);
  }
  return [...hosts.values()].map(({ host, engines }) => ({ host, engines: [...engines.values()] }));
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
