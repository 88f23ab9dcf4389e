import { versionLabel } from '../../model/matrix/pick.ts';
import { flavourOf } from '../../model/flavour.ts';
import { ranks } from '../../report/order.ts';
import { ownName } from '../../report/own-name.ts';
import { neighbours, rangeText, versionOrder } from '../../report/ranges.ts';
import type { Model } from './model.ts';
import type { Selection } from './select.ts';

/** Cells of which the matrix shows the same in every row, oldest version first: they share a column. */
export type Group = readonly number[];

/** Cells of one family have the same host, engine, runtime and kubelet, and differ in versions of engine and runtime. */
export interface Families {
  /** Cells of one family next to each other, oldest versions first: the order in which equal neighbours are one range. */
  order: number[];
  /** By cell. */
  family: string[];
}

export function familiesOf(model: Model): Families {
  const family = model.cells.map(({ id, host, engine, runtime, kubelet }) =>
    engine && runtime ? [host, engine.name, flavourOf({ runtime, kubelet })].join('\n') : id,
  );
  const asTheyCome = ranks(family, () => 0);
  const engines = ranks(model.cells.map(engineVersion), versionOrder);
  const runtimes = ranks(model.cells.map(runtimeVersion), versionOrder);
  const keys = model.cells.map((cell, index) => [
    asTheyCome(family[index] ?? ''),
    engines(engineVersion(cell)),
    runtimes(runtimeVersion(cell)),
    index,
  ]);
  const order = keys.sort((a, b) => {
    const at = a.findIndex((part, index) => part !== b[index]);
    return (a[at] ?? 0) - (b[at] ?? 0);
  });
  return { order: order.map((key) => key[3] ?? 0), family };
}

type Cell = Model['cells'][number];
const engineVersion = ({ engine }: Cell): string => engine?.version ?? '';
const runtimeVersion = ({ runtime }: Cell): string => runtime?.version ?? '';

/** The columns of the selected cells. */
export function collapsed(model: Model, { rows, columns, hits }: Selection, { order, family }: Families): Group[] {
  const wanted = new Set(columns);
  const width = model.cells.length;
  const same = (a: number, b: number): boolean =>
    family[a] === family[b] &&
    model.cells[a]?.verdict === model.cells[b]?.verdict &&
    rows.every((question) => {
      const [left, right] = [question * width + a, question * width + b];
      return model.looks[left] === model.looks[right] && (hits === undefined || hits[left] === hits[right]);
    });
  return neighbours(
    order.filter((cell) => wanted.has(cell)),
    same,
  );
}

/** What a column is called, part by part: `1.7.24`, or `1.6.20 – 2.1.9`. Versions between them that nobody tested are not claimed. */
export interface Names {
  host: string;
  engine: string;
  runtime: { name: string; label: string } | undefined;
  id: string;
}

/** A column may be a thousand cells, and each of its rows asks. */
const named = new WeakMap<Group, Names>();

export function namesOf(model: Model, group: Group): Names {
  const known = named.get(group);
  if (known) return known;
  const names = readNames(group.flatMap((cell) => model.cells[cell] ?? []));
  named.set(group, names);
  return names;
}

function readNames(cells: readonly Cell[]): Names {
  const [first] = cells;
  const { engine, runtime, kubelet } = first ?? {};
  return {
    host: first?.host ?? '',
    engine: engine ? `${ownName(engine.name)} ${range(cells.map(engineVersion))}` : '',
    runtime: runtime && {
      name: runtime.name,
      label: [
        range(cells.map((cell) => (cell.runtime ? versionLabel(cell.runtime) : ''))),
        ...(kubelet ? [`kubelet ${kubelet.version}`] : []),
      ].join(', '),
    },
    id: cells.length === 1 ? (first?.id ?? '') : `${first?.id} to ${cells.at(-1)?.id}, ${cells.length} cells`,
  };
}

function range(versions: readonly string[]): string {
  return rangeText([...new Set(versions)].sort(versionOrder), 3);
}
