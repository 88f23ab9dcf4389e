/**
 * @typedef {{ id: string, host?: string, engine?: { name: string, version: string, source: string, sha256: string },
 *   runtime?: { name: string, version: string, shim?: string, vmm?: string, source: string, sha256: string }, verdict?: string, reason?: string }} CellEntry
 * @typedef {{ id: string, suite: string, title: string, citation: string, range: string }} RuleEntry
 * @typedef {{ id: string, title: string, url: string, range: string, security: boolean }} KnownEntry
 * @typedef {Record<'cell' | 'rule' | 'verdict' | 'marks' | 'scenario' | 'expected' | 'observed' | 'layer' | 'known' | 'reason' | 'evidence' | 'trail', number[]>} Columns
 * @typedef {{ verdictNames: string[], layerNames: Record<string, string>, cells: CellEntry[], rules: RuleEntry[], known: KnownEntry[], embedded: number[], columns: Columns,
 *   texts: string[], trails: Array<Array<{ layer: string, value: string, changed: boolean }>> }} Data
 * @typedef {Data & { starts: Int32Array, worst: Int8Array }} Model `starts` and `worst` are by rule × cells + cell
 */

/**
 * Reads a block of data of this page.
 * @param {string} id
 * @returns {Promise<any>}
 */
export async function readBlock(id) {
  const element = document.getElementById(id);
  const text = element?.textContent ?? 'null';
  if (element?.getAttribute('data-encoding') !== 'gzip') return JSON.parse(text);
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

/**
 * Finds the verdicts of a rule in a cell: they stand together, as the columns are sorted by rule and cell.
 * @param {Data} data
 * @returns {Model}
 */
export function indexed(data) {
  const width = data.cells.length;
  const starts = new Int32Array(data.rules.length * width + 1);
  const worst = new Int8Array(data.rules.length * width).fill(-1);
  const { cell, rule, verdict } = data.columns;
  for (let i = 0; i < verdict.length; i++) {
    const at = (rule[i] ?? 0) * width + (cell[i] ?? 0);
    starts[at + 1] = (starts[at + 1] ?? 0) + 1;
    worst[at] = Math.max(worst[at] ?? -1, verdict[i] ?? -1);
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  return { ...data, starts, worst };
}

/**
 * What the matrix shows for a rule in a cell: the worst verdict, or that of a cell that never came up, or nothing.
 * @param {Model} model
 * @param {number} rule
 * @param {number} cell
 * @returns {{ name: string | undefined, count: number, from: number, inherited: boolean }}
 */
export function entryAt(model, rule, cell) {
  const at = rule * model.cells.length + cell;
  const from = model.starts[at] ?? 0;
  const count = (model.starts[at + 1] ?? from) - from;
  if (count > 0) return { name: model.verdictNames[model.worst[at] ?? 0], count, from, inherited: false };
  const own = model.cells[cell]?.verdict;
  const inherited = own !== undefined && ['void', 'blocked', 'error', 'missing'].includes(own) && !cellHasVerdicts(model, cell);
  return { name: inherited ? own : undefined, count: 0, from, inherited };
}

/** @type {WeakMap<Model, Set<number>>} */
const judged = new WeakMap();

/**
 * @param {Model} model
 * @param {number} cell
 */
export function cellHasVerdicts(model, cell) {
  let set = judged.get(model);
  if (!set) judged.set(model, (set = new Set(model.columns.cell)));
  return set.has(cell);
}

/**
 * Version with flavour: `3.30.0-go-qemu`.
 * @param {{ version: string, shim?: string, vmm?: string }} component
 */
export function labelOf(component) {
  return [component.version, component.shim, component.vmm].filter(Boolean).join('-');
}
