/**
 * @typedef {{ id: string, host?: string, engine?: { name: string, version: string, source: string, sha256: string },
 *   runtime?: { name: string, version: string, shim?: string, vmm?: string, source: string, sha256: string },
 *   cni?: { version: string, source: string, sha256: string }, verdict?: string, reason?: string }} CellEntry
 * @typedef {{ id: string, suite: string, title: string, citation: string, range: string }} RuleEntry
 * @typedef {{ id: string, title: string, url: string, range: string, security: boolean }} KnownEntry
 * @typedef {'cell' | 'rule' | 'verdict' | 'marks' | 'scenario' | 'expected' | 'observed' | 'layer' | 'known' | 'reason' | 'line' | 'evidence' | 'trail'} ColumnName
 * @typedef {Uint8Array | Uint16Array | Uint32Array} Column numbers of texts and trails count from 1; 0 stands for none
 * @typedef {{ name: ColumnName, width: 1 | 2 | 4, from: number, length: number }} Place
 * @typedef {{ verdictNames: string[], layerNames: Record<string, string>, cells: CellEntry[], rules: RuleEntry[], known: KnownEntry[],
 *   run: string, embedded: number[], kept: number, of: number, places: Place[], texts: Array<string | null>,
 *   trails: Array<Array<{ layer: string, value: string, changed: boolean }> | null> }} Data
 * @typedef {Data & { columns: Record<ColumnName, Column>, starts: Int32Array, worst: Int8Array, looks: Int32Array }} Model
 *   `starts`, `worst` and `looks` are by rule × cells + cell; `looks` is equal where the matrix shows the same
 */

/**
 * The bytes of a compressed block of this page.
 * @param {Element} element
 */
async function inflate(element) {
  const bytes = Uint8Array.from(atob(element.textContent ?? ''), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}

/**
 * Reads a block of data of this page; a block that is not there is null.
 * @param {string} id
 * @returns {Promise<any>}
 */
export async function readBlock(id) {
  const element = document.getElementById(id);
  if (element?.getAttribute('data-encoding') === 'gzip') return (await inflate(element)).json();
  return JSON.parse(element?.textContent ?? 'null');
}

/** @returns {Promise<Model>} */
export async function readModel() {
  const element = document.getElementById('columns');
  if (!element) throw new Error('The page has no #columns');
  const [data, bytes] = await Promise.all([readBlock('data'), inflate(element).then((response) => response.arrayBuffer())]);
  return indexed(data, bytes);
}

/**
 * Finds the verdicts of a rule in a cell: they stand together, as the columns are sorted by rule and cell.
 * @param {Data} data
 * @param {ArrayBuffer} bytes
 * @returns {Model}
 */
function indexed(data, bytes) {
  const views = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };
  const columns = /** @type {Record<ColumnName, Column>} */ (
    Object.fromEntries(data.places.map(({ name, width, from, length }) => [name, new views[width](bytes, from, length)]))
  );
  const width = data.cells.length;
  const starts = new Int32Array(data.rules.length * width + 1);
  const worst = new Int8Array(data.rules.length * width).fill(-1);
  const looks = new Int32Array(data.rules.length * width);
  const { cell, rule, verdict, known, marks } = columns;
  for (let i = 0; i < verdict.length; i++) {
    const at = (rule[i] ?? 0) * width + (cell[i] ?? 0);
    starts[at + 1] = (starts[at + 1] ?? 0) + 1;
    worst[at] = Math.max(worst[at] ?? -1, verdict[i] ?? -1);
    looks[at] = (Math.imul(looks[at] ?? 0, 31) + ((known[i] ?? 0) * 64 + (marks[i] ?? 0) * 16 + (verdict[i] ?? 0) + 1)) | 0;
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  return { ...data, columns, starts, worst, looks };
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
  if (!set) judged.set(model, (set = new Set(/** @type {Iterable<number>} */ (model.columns.cell))));
  return set.has(cell);
}

/**
 * Version with flavour: `3.30.0-go-qemu`.
 * @param {{ version: string, shim?: string, vmm?: string }} component
 */
export function labelOf(component) {
  return [component.version, component.shim, component.vmm].filter(Boolean).join('-');
}
