import type { Cell, Document } from '../model/document.ts';
import { groupBy } from '../util/group-by.ts';
import { flavourOf } from '../model/flavour.ts';
import { naturalOrder } from './order.ts';
import { versionOrder } from './ranges.ts';

/**
 * By the id of each cell of a run, the cell of an older run to compare it with: itself, or that of the same host family,
 * engine and runtime flavour with the nearest versions that are not newer. Independent of the order of cells. Pure.
 */
export function pairCells(older: Document, document: Document): Map<string, Cell> {
  const exact = new Map(older.cells.map((cell) => [cell.id, cell]));
  const kin = groupBy(older.cells, kinOf(older));
  const kinOfNewer = kinOf(document);
  return new Map(
    document.cells.flatMap((cell): Array<[string, Cell]> => {
      const found = exact.get(cell.id) ?? nearest(cell, kin.get(kinOfNewer(cell)) ?? []);
      return found === undefined ? [] : [[cell.id, found]];
    }),
  );
}

/** `debian-13-container` and `debian-12-container` are one family: of a host's name all but its release, and its kind. */
function kinOf({ hosts }: Document): (cell: Cell) => string {
  const kinds = new Map(hosts.map(({ id, kind }) => [id, kind]));
  return ({ host, engine, runtime, kubelet }) => {
    const family = host.split('-').filter((part) => !/^(\d[\d.]*|sid)$/.test(part));
    return JSON.stringify([family.join('-'), kinds.get(host) ?? '', engine.name, flavourOf({ runtime, kubelet })]);
  };
}

/** Nearest is where fewest components differ, then the newest engine, the newest runtime and the nearest host. */
function nearest(cell: Cell, candidates: readonly Cell[]): Cell | undefined {
  const differ = (other: Cell): number =>
    Number(other.engine.version !== cell.engine.version) +
    Number(other.runtime.version !== cell.runtime.version) +
    Number(other.host !== cell.host);
  return candidates
    .filter(
      ({ engine, runtime }) =>
        versionOrder(engine.version, cell.engine.version) <= 0 && versionOrder(runtime.version, cell.runtime.version) <= 0,
    )
    .sort(
      (a, b) =>
        differ(a) - differ(b) ||
        versionOrder(b.engine.version, a.engine.version) ||
        versionOrder(b.runtime.version, a.runtime.version) ||
        naturalOrder(b.host, a.host) ||
        naturalOrder(a.id, b.id),
    )[0];
}
