import { labelOf } from './model.js';
import { orderOfVersions } from './version.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {{ host: string, engine: string, runtime: { name: string, label: string } | undefined, id: string }} Names */

/**
 * Cells of one host, engine and runtime family next to each other, oldest versions first: the order in which equal
 * neighbours are one range.
 * @param {Model} model
 * @returns {{ order: number[], family: string[] }} `family` is by cell
 */
export function familyOrder(model) {
  const family = model.cells.map((cell) =>
    cell.engine && cell.runtime
      ? [cell.host, cell.engine.name, cell.runtime.name, cell.runtime.shim, cell.runtime.vmm].join('\n')
      : cell.id,
  );
  const families = new Map([...new Set(family)].map((name, index) => [name, index]));
  const engines = versionRanks(model.cells.map((cell) => cell.engine?.version ?? ''));
  const runtimes = versionRanks(model.cells.map((cell) => cell.runtime?.version ?? ''));
  const keys = model.cells.map((cell, index) => [
    families.get(family[index] ?? '') ?? 0,
    engines.get(cell.engine?.version ?? '') ?? 0,
    runtimes.get(cell.runtime?.version ?? '') ?? 0,
    index,
  ]);
  const order = keys.sort((a, b) => {
    const at = a.findIndex((part, index) => part !== b[index]);
    return (a[at] ?? 0) - (b[at] ?? 0);
  });
  return { order: order.map((key) => key[3] ?? 0), family };
}

/**
 * The columns of some cells, each a list of cells of which the matrix shows the same in every row.
 * @param {Model} model
 * @param {{ rows: number[], columns: number[], hits: Uint8Array | undefined }} selection
 * @param {ReturnType<typeof familyOrder>} families
 * @returns {number[][]}
 */
export function collapsed(model, { rows, columns, hits }, { order, family }) {
  const wanted = new Set(columns);
  const width = model.cells.length;
  /** @param {number} a @param {number} b */
  const same = (a, b) =>
    family[a] === family[b] &&
    model.cells[a]?.verdict === model.cells[b]?.verdict &&
    rows.every((rule) => {
      const [left, right] = [rule * width + a, rule * width + b];
      return model.looks[left] === model.looks[right] && (hits === undefined || hits[left] === hits[right]);
    });
  /** @type {number[][]} */
  const groups = [];
  for (const cell of order) {
    if (!wanted.has(cell)) continue;
    const open = groups.at(-1);
    const last = open?.at(-1);
    if (open !== undefined && last !== undefined && same(last, cell)) open.push(cell);
    else groups.push([cell]);
  }
  return groups;
}

/**
 * What a column is called, part by part: `1.7.24`, or `1.6.20 – 2.1.9`. Versions between them that nobody tested are not claimed.
 * @param {Model} model
 * @param {number[]} group
 * @returns {Names}
 */
export function namesOf(model, group) {
  const known = named.get(group);
  if (known) return known;
  const names = readNames(model, group);
  named.set(group, names);
  return names;
}

/** A column may be a thousand cells, and each of its rows asks. @type {WeakMap<number[], Names>} */
const named = new WeakMap();

/** @param {Model} model @param {number[]} group @returns {Names} */
function readNames(model, group) {
  const cells = group.flatMap((cell) => model.cells[cell] ?? []);
  const first = cells[0];
  const runtime = first?.runtime;
  return {
    host: first?.host ?? '',
    engine: first?.engine ? `${first.engine.name} ${range([first.engine.version, cells.at(-1)?.engine?.version ?? ''])}` : '',
    runtime: runtime && { name: runtime.name, label: range(cells.map((cell) => (cell.runtime ? labelOf(cell.runtime) : ''))) },
    id: cells.length === 1 ? (first?.id ?? '') : `${first?.id} to ${cells.at(-1)?.id}, ${cells.length} cells`,
  };
}

/** @param {string[]} versions */
function range(versions) {
  const distinct = [...new Set(versions)].sort((a, b) => orderOfVersions(a, b) ?? 0);
  return distinct.length < 2 ? (distinct[0] ?? '') : `${distinct[0]} – ${distinct.at(-1)}`;
}

/** @param {string[]} versions */
function versionRanks(versions) {
  const distinct = [...new Set(versions)].sort((a, b) => orderOfVersions(a, b) ?? (a < b ? -1 : 1));
  return new Map(distinct.map((version, index) => [version, index]));
}
