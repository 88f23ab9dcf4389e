import type { Group } from './columns.ts';
import type { Model } from './model.ts';
import { moves } from './moves.ts';
import { addRows, type Frame, matrixTable, type Position, type Shown } from './table.ts';

/** Columns built on either side of those in view. */
const overscan = 3;
/** No row is lower, nor the heading, in pixels. */
const leastRowHeight = 35;
const leastHeadHeight = 90;
/** Printed in full up to this many columns. */
const printable = 200;

/**
 * The matrix as a real table of which only the columns near the view exist: 10,000 cells × 60 questions stay usable. `#frame` is
 * the element that scrolls; `#open` is called with question -1 for a whole cell.
 */
export class MatrixView {
  readonly #frame: HTMLElement;
  readonly #model: Model;
  readonly #open: (question: number, cell: number) => void;
  #shown: Shown = { rows: [], columns: [], hits: undefined, count: 0, problems: [], classOf: [], folded: [] };
  #built = { from: 0, to: 0 };
  #active: Position = { row: 0, column: 0 };
  #printing = false;
  #painting = 0;
  #pending = 0;
  #width: number;

  constructor(frame: HTMLElement, model: Model, open: (question: number, cell: number) => void) {
    this.#frame = frame;
    this.#model = model;
    this.#open = open;
    this.#width = frame.clientWidth;
    frame.addEventListener('keydown', (event) => this.#press(event));
    frame.addEventListener('focusin', (event) => {
      if (event.target instanceof HTMLButtonElement && isPlace(event.target)) this.#activate(event.target);
    });
    frame.addEventListener('click', (event) => this.#click(event));
    frame.addEventListener('scroll', () => {
      const { from, to } = this.#inView();
      if (from < this.#built.from || to > this.#built.to) this.#render();
    });
    new ResizeObserver(() => this.#resize()).observe(frame);
    addEventListener('beforeprint', () => this.#print(this.#shown.columns.length <= printable));
    addEventListener('afterprint', () => this.#print(false));
  }

  show(next: Shown): void {
    this.#shown = next;
    this.#active = this.#clamped({ ...this.#active, row: Math.max(0, this.#active.row) });
    const room = Number.parseFloat(getComputedStyle(this.#frame).maxHeight) || innerHeight;
    const inView = Math.ceil((this.#frame.scrollTop + room - leastHeadHeight) / leastRowHeight);
    this.#render(Math.max(this.#active.row + 1, inView));
  }

  /** The button that has the focus when the matrix is entered. */
  activeButton(): HTMLButtonElement | null {
    const { row, column } = this.#active;
    return this.#frame.querySelector<HTMLButtonElement>(`button[data-row="${row}"][data-column="${column}"]`);
  }

  /** Makes the button of a question in a cell, or with question -1 of the cell, the one that is entered; where it is shown. */
  enter(question: number, cell: number): void {
    const row = question < 0 ? -1 : this.#shown.rows.indexOf(question);
    const column = this.#shown.columns.findIndex((group) => group.includes(cell));
    if (column < 0 || (question >= 0 && row < 0)) return;
    this.#active = { row, column };
    this.#frame.scrollLeft = Math.max(0, (column + 1) * this.#columnWidth - this.#free);
    this.#render();
  }

  /** The cells that are in one column with this one. */
  likeCell(cell: number): Group {
    return this.#shown.columns.find((group) => group.includes(cell)) ?? [cell];
  }

  /** `least` rows are there at once, the others after the next paint. */
  #render(least = this.#shown.rows.length): void {
    cancelAnimationFrame(this.#painting);
    clearTimeout(this.#pending);
    const frame = this.#frame;
    const rows = this.#shown.rows.length;
    const columns = this.#shown.columns.length;
    const focused = this.#focused();
    const { from, to } = this.#printing ? { from: 0, to: columns } : this.#inView();
    this.#built = { from: Math.max(0, from - overscan), to: Math.min(columns, to + overscan) };
    // Tab must find a button, and the focus must not fall off the page when its column is scrolled away.
    this.#active.column = Math.max(this.#built.from, Math.min(this.#built.to - 1, this.#active.column));
    const { scrollLeft, scrollTop } = frame;
    frame.style.setProperty('--question-width', `${this.#questionWidth}px`);
    const shape = this.#shape();
    const table = matrixTable(shape);
    addRows(table, shape, 0, Math.min(least, rows));
    if (least < rows) {
      table.setAttribute('aria-busy', 'true');
      // A frame that takes long must not wait for them too.
      this.#painting = requestAnimationFrame(() => {
        this.#pending = setTimeout(() => {
          addRows(table, shape, least, rows);
          table.removeAttribute('aria-busy');
        }, 50);
      });
    }
    frame.replaceChildren(table);
    // To scroll is to lay the whole page out at once.
    if (scrollLeft > 0 || scrollTop > 0) frame.scrollTo({ left: scrollLeft, top: scrollTop, behavior: 'instant' });
    if (focused !== undefined)
      (this.#frame.querySelector<HTMLElement>(focused) ?? this.activeButton())?.focus({ preventScroll: true });
  }

  /** What finds the heading that has the focus, and nothing for a cell; undefined where the focus is elsewhere. */
  #focused(): string | undefined {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || !this.#frame.contains(element)) return undefined;
    return `[data-fold="${element.dataset['fold'] ?? ''}"]`;
  }

  #shape(): Frame {
    const { from, to } = this.#built;
    const [questionWidth, columnWidth] = [this.#questionWidth, this.#columnWidth];
    return { model: this.#model, shown: this.#shown, from, to, active: this.#active, questionWidth, columnWidth };
  }

  get #questionWidth(): number {
    const width = this.#frame.clientWidth;
    return width < 700 ? 170 : width < 1200 ? 320 : 400;
  }

  /** What the column of questions leaves. */
  get #free(): number {
    return this.#frame.clientWidth - this.#questionWidth;
  }

  get #columnWidth(): number {
    return Math.min(168, Math.max(118, Math.floor(this.#free / Math.max(1, this.#shown.columns.length))));
  }

  #inView(): { from: number; to: number } {
    const from = Math.floor(this.#frame.scrollLeft / this.#columnWidth);
    return { from, to: Math.min(this.#shown.columns.length, from + Math.ceil(this.#free / this.#columnWidth) + 1) };
  }

  #clamped({ row, column }: Position): Position {
    return {
      row: Math.max(-1, Math.min(this.#shown.rows.length - 1, row)),
      column: Math.max(0, Math.min(this.#shown.columns.length - 1, column)),
    };
  }

  #press(event: KeyboardEvent): void {
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (move === undefined || !(event.target instanceof HTMLButtonElement) || !isPlace(event.target)) return;
    event.preventDefault();
    this.#active = this.#clamped(move(this.#active, event.ctrlKey));
    const [frame, width, free] = [this.#frame, this.#columnWidth, this.#free];
    const left = this.#active.column * width;
    if (left < frame.scrollLeft) frame.scrollLeft = left;
    else if (left + width > frame.scrollLeft + free) frame.scrollLeft = left + width - free;
    this.#render();
    const button = this.activeButton();
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #click({ target }: Event): void {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button === null || !isPlace(button)) return;
    this.#activate(button);
    const { row, column } = this.#active;
    this.#open(row < 0 ? -1 : (this.#shown.rows[row] ?? -1), this.#shown.columns[column]?.at(-1) ?? 0);
  }

  #activate(button: HTMLButtonElement): void {
    this.activeButton()?.setAttribute('tabindex', '-1');
    this.#active = { row: Number(button.dataset['row']), column: Number(button.dataset['column']) };
    button.setAttribute('tabindex', '0');
  }

  /** It gets another height by what it shows; which columns are in view follows from the width alone. */
  #resize(): void {
    if (this.#frame.clientWidth === this.#width) return;
    this.#width = this.#frame.clientWidth;
    this.#render();
  }

  #print(printing: boolean): void {
    this.#printing = printing;
    this.#render();
  }
}

/** Whether a button stands for a cell or for its heading: others fold rows. */
function isPlace(button: HTMLButtonElement): boolean {
  return button.dataset['row'] !== undefined;
}
