import { glyphOf, h } from './dom.js';
import { entryAt } from './model.js';
import { namesOf } from './ranges.js';

/** @typedef {import('./model.js').Model} Model */
/**
 * @typedef {object} Frame what of the matrix is built
 * @property {Model} model
 * @property {import('./matrix.js').Selection} selection
 * @property {number} from first column, as position in the selection
 * @property {number} to one past the last
 * @property {{ row: number, column: number }} active the one button that Tab reaches; row -1 is the header
 * @property {number} ruleWidth in pixels
 * @property {number} columnWidth in pixels
 */

/**
 * The table of the columns in view, without rows; two spacers stand for all other columns, so that the scroll bar is true.
 * @param {Frame} frame
 */
export function matrixTable(frame) {
  const { selection, from, to, ruleWidth, columnWidth } = frame;
  const shown = shownColumns(frame);
  const widths = [ruleWidth, from * columnWidth, ...shown.map(() => columnWidth), (selection.columns.length - to) * columnWidth];
  const columns = widths.map((width) => {
    const column = h('col', {});
    column.style.width = `${width}px`;
    return column;
  });
  const size = { 'aria-rowcount': selection.rows.length + 3, 'aria-colcount': selection.columns.length + 1 };
  const table = h(
    'table',
    { class: 'matrix', 'aria-label': 'Rules by cells', ...size },
    h('colgroup', {}, columns),
    tableHead(frame, shown),
  );
  table.style.width = `${widths.reduce((sum, width) => sum + width, 0)}px`;
  return table;
}

/** @param {Frame} frame @param {number[][]} shown */
function tableHead(frame, shown) {
  const { model, selection } = frame;
  const names = shown.map((group) => namesOf(model, group));
  const hosts = names.map(({ host }) => host);
  const engines = names.map(({ engine }) => engine);
  const cells = selection.columns.reduce((sum, group) => sum + group.length, 0);
  const columns = cells === selection.columns.length ? '' : ` in ${selection.columns.length} columns`;
  const corner = h('td', { class: 'corner', rowspan: 3 }, `${selection.rows.length} rules, ${cells} cells${columns}`);
  return h(
    'thead',
    {},
    h('tr', {}, corner, spacer(), columnGroups('host', hosts, hosts), spacer()),
    h(
      'tr',
      {},
      spacer(),
      columnGroups(
        'engine',
        engines,
        engines.map((engine, index) => `${hosts[index]}\n${engine}`),
      ),
      spacer(),
    ),
    h(
      'tr',
      {},
      spacer(),
      shown.map((group, index) => runtimeHead(frame, group, frame.from + index)),
      spacer(),
    ),
  );
}

/** One heading over neighbours of the same key. @param {string} level @param {string[]} texts @param {string[]} keys */
function columnGroups(level, texts, keys) {
  const starts = keys.flatMap((key, index) => (index > 0 && key === keys[index - 1] ? [] : [index]));
  return starts.map((start, nth) =>
    h(
      'th',
      { scope: 'colgroup', colspan: (starts[nth + 1] ?? keys.length) - start, class: level, title: texts[start] },
      h('span', {}, texts[start]),
    ),
  );
}

/** @param {Frame} frame @param {number[]} group @param {number} column */
function runtimeHead(frame, group, column) {
  const cell = frame.model.cells[group[0] ?? -1];
  const { runtime, id } = namesOf(frame.model, group);
  const text = runtime ? [h('b', {}, runtime.name), ` ${runtime.label}`] : [id];
  const many = group.length > 1 ? `×${group.length}` : undefined;
  const glyph = cell?.verdict ? h('span', { class: `v-${cell.verdict}` }, glyphOf(cell.verdict)) : undefined;
  const label = `${group.length > 1 ? 'Cells' : 'Cell'} ${id}: ${cell?.verdict ?? 'not described'}`;
  return h(
    'th',
    { scope: 'col', 'aria-colindex': column + 2 },
    buttonAt(
      frame,
      -1,
      column,
      { class: 'cell-head', title: id, 'aria-label': label, 'data-count': many },
      glyph,
      h('span', {}, text),
    ),
  );
}

/** @param {Frame} frame */
function shownColumns({ selection, from, to }) {
  return selection.columns.slice(from, to);
}

/**
 * Adds the rows from one position in the selection up to another; those before it are there.
 * @param {HTMLElement} table
 * @param {Frame} frame
 * @param {number} first
 * @param {number} end one past the last
 */
export function addRows(table, frame, first, end) {
  const { model, selection } = frame;
  const shown = shownColumns(frame);
  /** @param {number} row */
  const suiteAt = (row) => model.rules[selection.rows[row] ?? -1]?.suite;
  for (let row = first; row < end; row++) {
    const rule = selection.rows[row] ?? 0;
    const text = model.rules[rule];
    if (row === 0 || suiteAt(row) !== suiteAt(row - 1)) {
      const heading = h('th', { scope: 'rowgroup' }, text?.suite);
      table.append(h('tbody', {}, h('tr', { class: 'suite' }, heading, h('td', { colspan: shown.length + 2 }))));
    }
    const name = h(
      'th',
      { scope: 'row', title: text?.title },
      h('span', { class: 'mono' }, text?.id),
      h('span', { class: 'title' }, text?.title),
    );
    const cells = shown.map((group, index) => entryCell(frame, rule, group, row, frame.from + index));
    table.lastElementChild?.append(h('tr', { 'aria-rowindex': row + 4 }, name, spacer(), cells, spacer()));
  }
}

/** @param {Frame} frame @param {number} rule @param {number[]} group @param {number} row @param {number} column */
function entryCell(frame, rule, group, row, column) {
  const cell = group.at(-1) ?? 0;
  const { model, selection } = frame;
  const entry = entryAt(model, rule, cell);
  const where = `${model.rules[rule]?.id} in ${namesOf(model, group).id}`;
  const position = { 'aria-colindex': column + 2 };
  if (entry.name === undefined)
    return h('td', { class: 'none', ...position }, buttonAt(frame, row, column, { 'aria-label': `${where}: not planned` }, '·'));
  const dim = selection.hits !== undefined && !entry.inherited && selection.hits[rule * model.cells.length + cell] !== 1;
  const label = `${entry.name}: ${where}${entry.count > 1 ? `, worst of ${entry.count} scenarios` : ''}`;
  const count = entry.count > 1 && entry.name !== 'unsupported' ? String(entry.count) : undefined;
  const style = `v-${entry.name}${entry.inherited ? ' inherited' : ''}`;
  return h(
    'td',
    { class: dim ? 'dim' : undefined, ...position },
    buttonAt(
      frame,
      row,
      column,
      { class: style, 'aria-label': label, 'data-count': count },
      glyphOf(entry.name),
      h('span', {}, entry.name),
    ),
  );
}

/** @param {Frame} frame @param {number} row @param {number} column @param {Record<string, string | undefined>} attributes @param {...import('./dom.js').Child} children */
function buttonAt({ active }, row, column, attributes, ...children) {
  const tabindex = row === active.row && column === active.column ? 0 : -1;
  return h('button', { type: 'button', ...attributes, 'data-row': row, 'data-column': column, tabindex }, ...children);
}

function spacer() {
  return h('td', { class: 'spacer', 'aria-hidden': 'true' });
}
