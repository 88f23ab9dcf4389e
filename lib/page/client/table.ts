import { shortAnswer } from '../../model/short-answer.ts';
import { type Group, namesOf } from './columns.ts';
import { type Attributes, type Child, glyphOf, h } from './dom.ts';
import { entryAt, type Model } from './model.ts';
import type { Selection } from './select.ts';
import { type Class, classes, type Fold, foldable } from './urgency.ts';

/** A selection whose cells are grouped into columns. */
export interface Shown extends Omit<Selection, 'columns'> {
  columns: readonly Group[];
  /** By question. */
  classOf: readonly Class[];
  folded: readonly Fold[];
}

/** The place of a button in the selection; row -1 is the heading. */
export interface Position {
  row: number;
  column: number;
}

/** What of the matrix is built. */
export interface Frame {
  model: Model;
  shown: Shown;
  /** The first column that is built, and one past the last. */
  from: number;
  to: number;
  /** The one button that Tab reaches. */
  active: Position;
  /** In pixels. */
  questionWidth: number;
  columnWidth: number;
}

/** The table of the columns in view, without rows; two spacers stand for all other columns, so that the scroll bar is true. */
export function matrixTable(frame: Frame): HTMLTableElement {
  const { shown, from, to, questionWidth, columnWidth } = frame;
  const after = (shown.columns.length - to) * columnWidth;
  const widths = [questionWidth, from * columnWidth, ...builtColumns(frame).map(() => columnWidth), after];
  const columns = widths.map((width) => {
    const column = h('col');
    column.style.width = `${width}px`;
    return column;
  });
  const size = { 'aria-rowcount': shown.rows.length + 3, 'aria-colcount': shown.columns.length + 1 };
  const table = h(
    'table',
    { class: 'matrix', 'aria-label': 'Questions by cells', ...size },
    h('colgroup', {}, columns),
    tableHead(frame),
  );
  table.style.width = `${widths.reduce((sum, width) => sum + width, 0)}px`;
  return table;
}

function builtColumns({ shown, from, to }: Frame): readonly Group[] {
  return shown.columns.slice(from, to);
}

function tableHead(frame: Frame): HTMLElement {
  const { model, shown } = frame;
  const built = builtColumns(frame);
  const names = built.map((group) => namesOf(model, group));
  const hosts = names.map(({ host }) => ({ text: host, key: host }));
  const engines = names.map(({ host, engine }) => ({ text: engine, key: `${host}\n${engine}` }));
  const cells = shown.columns.reduce((sum, group) => sum + group.length, 0);
  const questions = shown.folded.reduce((sum, { count }) => sum + count, shown.rows.length);
  const columns = cells === shown.columns.length ? '' : ` in ${shown.columns.length} columns`;
  const corner = h('td', { class: 'corner', rowspan: 3 }, `${questions} questions, ${cells} cells${columns}`);
  const runtimes = built.map((group, index) => runtimeHead(frame, group, frame.from + index));
  return h(
    'thead',
    {},
    h('tr', {}, corner, spacer(), columnGroups('host', hosts), spacer()),
    h('tr', {}, spacer(), columnGroups('engine', engines), spacer()),
    h('tr', {}, spacer(), runtimes, spacer()),
  );
}

/** One heading over neighbours of the same key. */
function columnGroups(level: string, heads: ReadonlyArray<{ text: string; key: string }>): HTMLElement[] {
  const starts = heads.flatMap(({ key }, index) => (index > 0 && key === heads[index - 1]?.key ? [] : [index]));
  return starts.map((start, nth) => {
    const title = heads[start]?.text;
    const colspan = (starts[nth + 1] ?? heads.length) - start;
    return h('th', { scope: 'colgroup', colspan, class: level, title }, h('span', {}, title));
  });
}

function runtimeHead(frame: Frame, group: Group, column: number): HTMLElement {
  const verdict = frame.model.cells[group[0] ?? -1]?.verdict;
  const { runtime, id } = namesOf(frame.model, group);
  const many = group.length > 1;
  const attributes = {
    class: 'cell-head',
    title: id,
    'aria-label': `${many ? 'Cells' : 'Cell'} ${id}: ${verdict ?? 'not described'}`,
    'data-count': many && `×${group.length}`,
  };
  const glyph = verdict && h('span', { class: `v-${verdict}` }, glyphOf(verdict));
  const text = h('span', {}, ...(runtime ? [h('b', {}, runtime.name), ` ${runtime.label}`] : [id]));
  const button = buttonAt(frame, { row: -1, column }, attributes, glyph, text);
  return h('th', { scope: 'col', 'aria-colindex': column + 2 }, button);
}

/** Adds the rows from one position in the selection up to another, one past the last; those before it are there. */
export function addRows(table: HTMLTableElement, frame: Frame, first: number, end: number): void {
  const { model, shown } = frame;
  const built = builtColumns(frame);
  const classAt = (row: number): Class | undefined => shown.classOf[shown.rows[row] ?? -1];
  const place = (row: number): number => classes.findIndex((name) => name === classAt(row));
  const add = (name: Class, count: number, open: boolean): void => table.append(classHead(frame, name, count, open));
  /** Headings of what is folded between two classes. */
  const foldedBetween = (before: number, after: number): void => {
    for (const { name, count } of shown.folded)
      if (classes.indexOf(name) > before && classes.indexOf(name) < after) add(name, count, false);
  };
  for (let row = first; row < end; row++) {
    const question = shown.rows[row] ?? 0;
    const text = model.questions[question];
    const name = classAt(row);
    if (name !== undefined && (row === 0 || name !== classAt(row - 1))) {
      foldedBetween(row === 0 ? -1 : place(row - 1), place(row));
      add(name, shown.rows.filter((each) => shown.classOf[each] === name).length, true);
    }
    const title = h(
      'th',
      { scope: 'row', title: text?.asks },
      h('span', { class: 'mono' }, text?.id),
      h('span', { class: 'title' }, text?.asks),
    );
    const cells = built.map((group, index) => entryCell(frame, question, group, { row, column: frame.from + index }));
    table.tBodies.item(table.tBodies.length - 1)?.append(h('tr', { 'aria-rowindex': row + 4 }, title, spacer(), cells, spacer()));
  }
  if (end === shown.rows.length) foldedBetween(place(end - 1), classes.length);
}

const headings: Record<Class, string> = {
  weakens: 'weaken isolation',
  deviates: 'deviate or have no answer',
  documented: 'as documented',
  inapplicable: 'do not apply',
};

/** The heading of a class of rows, which folds them where nothing is asked for and others stay. */
function classHead(frame: Frame, name: Class, count: number, open: boolean): HTMLElement {
  const { hits, rows, classOf } = frame.shown;
  const isFoldable = (each: Class | undefined): boolean => foldable.some((fold) => fold === each);
  const folds = isFoldable(name) && hits === undefined && !rows.every((row) => isFoldable(classOf[row]));
  const text = `${count} ${headings[name]}`;
  const attributes = { type: 'button', 'data-fold': name, 'aria-expanded': String(open) };
  const head = h('th', { scope: 'rowgroup' }, folds ? h('button', attributes, `${text} ${open ? '▾' : '▸'}`) : text);
  return h('tbody', {}, h('tr', { class: 'class' }, head, h('td', { colspan: builtColumns(frame).length + 2 })));
}

/** The newest cell of a group speaks for it. */
function entryCell(frame: Frame, question: number, group: Group, position: Position): HTMLElement {
  const { model, shown } = frame;
  const cell = group.at(-1) ?? 0;
  const { name, answer, count, inherited } = entryAt(model, question, cell);
  const said = answer === undefined ? undefined : shortAnswer(answer, model.questions[question]?.answers);
  const where = `${model.questions[question]?.id} in ${namesOf(model, group).id}`;
  const column = { 'aria-colindex': position.column + 2 };
  if (name === undefined)
    return h('td', { class: 'none', ...column }, buttonAt(frame, position, { 'aria-label': `${where}: not planned` }, '·'));
  const isHit = shown.hits === undefined || inherited || shown.hits[question * model.cells.length + cell] === 1;
  const attributes = {
    class: `v-${name}${inherited ? ' inherited' : ''}`,
    'aria-label': `${name}: ${where}${said === undefined ? '' : `, answer ${said}`}${count > 1 ? `, worst of ${count} scenarios` : ''}`,
    'data-count': count > 1 && name !== 'unsupported' && count,
  };
  const button = buttonAt(frame, position, attributes, glyphOf(name), h('span', {}, said ?? name));
  return h('td', { class: isHit ? undefined : 'dim', ...column }, button);
}

function buttonAt({ active }: Frame, { row, column }: Position, attributes: Attributes, ...children: Child[]): HTMLElement {
  const tabindex = row === active.row && column === active.column ? 0 : -1;
  return h('button', { type: 'button', ...attributes, 'data-row': row, 'data-column': column, tabindex }, ...children);
}

function spacer(): HTMLElement {
  return h('td', { class: 'spacer', 'aria-hidden': 'true' });
}
