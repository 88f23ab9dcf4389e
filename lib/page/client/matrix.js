import { addRows, matrixTable } from './table.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {Omit<import('./select.js').Selection, 'columns'> & { columns: number[][] }} Selection each column a list of cells that look the same */

/** Columns built on either side of those in view. */
const overscan = 3;
/** No row is lower, nor the heading, in pixels. */
const leastRowHeight = 35;
const leastHeadHeight = 90;
/** Printed in full up to this many columns. */
const printable = 200;

/**
 * The matrix as a real table of which only the columns near the view exist: 10,000 cells × 60 rules stay usable.
 * @param {HTMLElement} frame the element that scrolls
 * @param {Model} model
 * @param {(rule: number, cell: number) => void} open called with rule -1 for a whole cell
 */
export function makeMatrix(frame, model, open) {
  /** @type {Selection} */
  let selection = { rows: [], columns: [], hits: undefined, count: 0, problems: [] };
  let built = { from: 0, to: 0 };
  let active = { row: 0, column: 0 };
  let printing = false;
  let painting = 0;
  let pending = 0;

  const ruleWidth = () => (frame.clientWidth < 700 ? 170 : frame.clientWidth < 1200 ? 320 : 400);
  const free = () => frame.clientWidth - ruleWidth();
  const columnWidth = () => Math.min(168, Math.max(118, Math.floor(free() / Math.max(1, selection.columns.length))));
  const inView = () => {
    const from = Math.floor(frame.scrollLeft / columnWidth());
    return { from, to: Math.min(selection.columns.length, from + Math.ceil(free() / columnWidth()) + 1) };
  };
  /** @returns {HTMLButtonElement | null} */
  const activeButton = () => frame.querySelector(`button[data-row="${active.row}"][data-column="${active.column}"]`);

  /** @param {number} least so many rows are there at once, the others after the next paint */
  const render = (least = selection.rows.length) => {
    cancelAnimationFrame(painting);
    clearTimeout(pending);
    const focused = frame.contains(document.activeElement);
    const { from, to } = printing ? { from: 0, to: selection.columns.length } : inView();
    built = { from: Math.max(0, from - overscan), to: Math.min(selection.columns.length, to + overscan) };
    // Tab must find a button, and the focus must not fall off the page when its column is scrolled away.
    active.column = Math.max(built.from, Math.min(built.to - 1, active.column));
    const { scrollLeft, scrollTop } = frame;
    frame.style.setProperty('--rule-width', `${ruleWidth()}px`);
    const shape = { model, selection, ...built, active, ruleWidth: ruleWidth(), columnWidth: columnWidth() };
    const table = matrixTable(shape);
    addRows(table, shape, 0, Math.min(least, selection.rows.length));
    if (least < selection.rows.length) {
      table.setAttribute('aria-busy', 'true');
      // A frame that takes long must not wait for them too.
      painting = requestAnimationFrame(() => {
        pending = setTimeout(() => {
          addRows(table, shape, least, selection.rows.length);
          table.removeAttribute('aria-busy');
        }, 50);
      });
    }
    frame.replaceChildren(table);
    // To scroll is to lay the whole page out at once.
    if (scrollLeft > 0 || scrollTop > 0) frame.scrollTo({ left: scrollLeft, top: scrollTop, behavior: 'instant' });
    if (focused) activeButton()?.focus({ preventScroll: true });
  };

  /** @param {number} row @param {number} column */
  const clamped = (row, column) => ({
    row: Math.max(-1, Math.min(selection.rows.length - 1, row)),
    column: Math.max(0, Math.min(selection.columns.length - 1, column)),
  });

  /** @param {number} row @param {number} column */
  const moveTo = (row, column) => {
    active = clamped(row, column);
    const left = active.column * columnWidth();
    if (left < frame.scrollLeft) frame.scrollLeft = left;
    else if (left + columnWidth() > frame.scrollLeft + free()) frame.scrollLeft = left + columnWidth() - free();
    render();
    const button = activeButton();
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  /** @type {Record<string, (event: KeyboardEvent) => [number, number]>} */
  const moves = {
    ArrowUp: () => [active.row - 1, active.column],
    ArrowDown: () => [active.row + 1, active.column],
    ArrowLeft: () => [active.row, active.column - 1],
    ArrowRight: () => [active.row, active.column + 1],
    PageUp: () => [active.row - 10, active.column],
    PageDown: () => [active.row + 10, active.column],
    Home: (event) => [event.ctrlKey ? 0 : active.row, 0],
    End: (event) => [event.ctrlKey ? selection.rows.length : active.row, selection.columns.length],
  };
  frame.addEventListener('keydown', (event) => {
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (!move || !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    moveTo(...move(event));
  });
  /** @param {HTMLButtonElement} button */
  const activate = (button) => {
    activeButton()?.setAttribute('tabindex', '-1');
    active = { row: Number(button.dataset['row']), column: Number(button.dataset['column']) };
    button.setAttribute('tabindex', '0');
  };
  frame.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLButtonElement) activate(event.target);
  });
  frame.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    activate(button);
    open(active.row < 0 ? -1 : (selection.rows[active.row] ?? -1), selection.columns[active.column]?.at(-1) ?? 0);
  });
  frame.addEventListener('scroll', () => {
    const { from, to } = inView();
    if (from < built.from || to > built.to) render();
  });
  // It gets another height by what it shows; which columns are in view follows from the width alone.
  let width = frame.clientWidth;
  new ResizeObserver(() => {
    if (frame.clientWidth === width) return;
    width = frame.clientWidth;
    render();
  }).observe(frame);
  addEventListener('beforeprint', () => {
    printing = selection.columns.length <= printable;
    render();
  });
  addEventListener('afterprint', () => {
    printing = false;
    render();
  });

  return {
    /** @param {Selection} next */
    show(next) {
      selection = next;
      active = clamped(Math.max(0, active.row), active.column);
      const room = Number.parseFloat(getComputedStyle(frame).maxHeight) || innerHeight;
      render(Math.max(active.row + 1, Math.ceil((frame.scrollTop + room - leastHeadHeight) / leastRowHeight)));
    },
    /** The button that has the focus when the matrix is entered. */
    activeButton,
    /** The cells that stand in one column with this one. @param {number} cell */
    likeCell: (cell) => selection.columns.find((group) => group.includes(cell)) ?? [cell],
  };
}
